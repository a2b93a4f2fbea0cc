/** What a picture of a value says: in one line, as text to copy, as JSON. */
import type { Branch, Picture } from './snapshot.ts';

export function isBranch(picture: Picture | undefined): picture is Branch {
  return typeof picture === 'object' && picture !== null && 'values' in picture;
}

/** The picture of a property; undefined where there is none. */
export function part(picture: Picture | undefined, key: string): Picture | undefined {
  if (!isBranch(picture)) return undefined;
  const index = picture.keys?.indexOf(key) ?? -1;
  return index < 0 ? undefined : picture.values[index];
}

/** How many parts the value has, also those that are not in the picture. */
export function countOf(picture: Picture | undefined): number {
  return isBranch(picture) ? picture.values.length + picture.more : 0;
}

/** One line that says as much as fits: `{ name: 'Ada', tags: [2] }`. */
export function brief(picture: Picture, room = 80): string {
  if (typeof picture === 'string') return quoted(picture, room);
  if (typeof picture !== 'object' || picture === null) return String(picture);
  if (!isBranch(picture)) {
    if (picture.is === 'text') return quoted(picture.text, room);
    return picture.length === undefined ? picture.text : `${picture.text}(${picture.length})`;
  }
  const { is, keys, values, more, name } = picture;
  const [open, close] = is === 'array' ? '[]' : '{}';
  const label = name ?? (is === 'map' ? 'Map' : is === 'set' ? 'Set' : '');
  if (room < 16 && values.length > 0) return `${label}${open}${values.length + more}${close}`;
  const shown: string[] = [];
  let left = room - label.length - 4;
  for (const [index, value] of values.entries()) {
    const key = keys ? `${typeof keys[index] === 'string' ? keys[index] : brief(keys[index] as Picture, 12)}${is === 'map' ? ' => ' : ': '}` : '';
    const one = `${key}${brief(value, Math.min(24, Math.max(left - key.length, 8)))}`;
    left -= one.length + 2;
    if (left < 0) break;
    shown.push(one);
  }
  if (shown.length < values.length + more) shown.push('…');
  const inside = shown.join(', ');
  return `${label && `${label} `}${is === 'array' || inside === '' ? `${open}${inside}${close}` : `${open} ${inside} ${close}`}`;
}

function quoted(text: string, room: number): string {
  return `'${text.length > room ? `${text.slice(0, room - 1)}…` : text}'`;
}

/**
 * As JSON has it. What JSON has no word for becomes a string in angle brackets, as `<Uint8Array of 16 bytes>`; what is not in
 * the picture is counted in one as well.
 */
export function toJson(picture: Picture): unknown {
  if (typeof picture === 'number' && !Number.isFinite(picture)) return `<${picture}>`;
  if (typeof picture !== 'object' || picture === null) return picture;
  if (!isBranch(picture)) {
    if (picture.is === 'date') return picture.text;
    if (picture.is === 'text') return `${picture.text}<${(picture.length ?? 0) - picture.text.length} more characters>`;
    return picture.is === 'bytes' ? `<${picture.text} of ${picture.length} bytes>` : `<${picture.text}>`;
  }
  const { is, keys = [], values, more, name } = picture;
  const rest = more > 0 ? [`<${more} more>`] : [];
  if (is === 'map') return { '<Map>': [...values.map((value, index) => [toJson(keys[index] as Picture), toJson(value)]), ...rest] };
  const all = [...values.map(toJson), ...rest];
  if (is === 'set') return { '<Set>': all };
  if (is === 'array') return all;
  const entries = values.map((value, index) => [String(keys[index]), toJson(value)] as const);
  return Object.fromEntries([...(name ? [['<class>', name] as const] : []), ...entries, ...(more > 0 ? [['<…>', `${more} more`] as const] : [])]);
}

/** Text to copy: a string as it is, anything else as indented JSON. */
export function toText(picture: Picture): string {
  if (typeof picture === 'string') return picture;
  return JSON.stringify(toJson(picture), undefined, 2);
}
