/** How this page writes numbers, countries and cities. */
import type { City } from './engine.ts';

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

export function count(value: number): string {
  return whole.format(Math.round(value));
}

/** '22.3M'; a population of 0 means that nobody knows. */
export function people(population: number): string {
  return population === 0 ? '?' : compact.format(population);
}

export function distance(kilometres: number): string {
  return `${kilometres < 10 ? kilometres.toFixed(1) : count(kilometres)} km`;
}

export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export function country(code: string): string {
  return regions.of(code) ?? code;
}

export function place({ name, country: code }: City): string {
  return `${name}, ${country(code)}`;
}

export function coordinates({ lat, lon }: { lat: number; lon: number }): string {
  const part = (degrees: number, [plus, minus]: readonly [string, string]): string =>
    `${Math.abs(degrees).toFixed(1)}° ${degrees < 0 ? minus : plus}`;
  return `${part(lat, ['N', 'S'])}, ${part(lon, ['E', 'W'])}`;
}

/** A new element with its text or children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}
