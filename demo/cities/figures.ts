/** The statistics: bars and facts. */
import type { City } from './engine.ts';
import type { Lonely, Share, Statistics } from './statistics.ts';
import { count, country, distance, element, people, place } from './words.ts';

interface Bar {
  label: string;
  value: number;
  /** A full bar. */
  most: number;
}

const none = '–';
const countriesShown = 12;

/** Draws them into the elements that have these ids. */
export function showStatistics({ countries, sizes, hemispheres, ...all }: Statistics): void {
  const most = countries[0]?.cities ?? 0;
  const shown = countries.slice(0, countriesShown);
  draw('countries', shown.map((row) => ({ label: country(row.country), value: row.cities, most })));

  const biggest = Math.max(...sizes.map((size) => size.cities));
  draw(
    'sizes',
    sizes.map(({ from, cities }, at) => ({ label: sizeLabel(from, sizes[at - 1]?.from), value: cities, most: biggest })),
  );

  const half = (label: string, share: Share): Bar => ({ label, value: share.cities, most: all.cities });
  const { north, south, east, west } = hemispheres;
  draw('hemispheres', [half('North', north), half('South', south), half('East', east), half('West', west)]);

  const { largest, northernmost, southernmost } = all;
  showFacts('tiles', [
    ['Cities', count(all.cities), `in ${count(countries.length)} ${countries.length === 1 ? 'country' : 'countries'}`],
    ['People', people(all.population), 'live in them'],
    ['Largest', largest?.name ?? none, largest && people(largest.population)],
    ['Northernmost', northernmost?.name ?? none, northernmost && latitude(northernmost)],
    ['Southernmost', southernmost?.name ?? none, southernmost && latitude(southernmost)],
  ]);
}

export function showLoneliest(found: readonly Lonely[]): void {
  showFacts(
    'loneliest',
    found.map(({ city, neighbour, kilometres }) => [place(city), distance(kilometres), `to ${neighbour.name}`]),
  );
}

function draw(id: string, bars: readonly Bar[]): void {
  document.getElementById(id)!.replaceChildren(
    ...bars.map(({ label, value, most }) => {
      const bar = element('span', 'bar');
      bar.style.setProperty('--share', String(most > 0 ? value / most : 0));
      return element('li', '', element('span', 'label', label), bar, element('span', 'value', count(value)));
    }),
  );
}

function showFacts(id: string, facts: readonly [label: string, value: string, detail: string | undefined][]): void {
  document.getElementById(id)!.replaceChildren(
    ...facts.map(([label, value, detail = none]) => {
      const description = element('dd', '', element('b', '', value), element('span', '', detail));
      return element('div', '', element('dt', '', label), description);
    }),
  );
}

function sizeLabel(from: number, to: number | undefined): string {
  if (from === 0) return 'Not known';
  if (from === 1) return `Under ${people(to!)}`;
  return to === undefined ? `${people(from)} and more` : `${people(from)} – ${people(to)}`;
}

function latitude({ lat }: City): string {
  return `${Math.abs(lat).toFixed(1)}° ${lat < 0 ? 'S' : 'N'}`;
}
