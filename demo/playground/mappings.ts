/** Reads the mappings of a source map of one file whose lines stay where they are. */

/** A column of the code, and the one that it comes from. */
export type Segment = readonly [made: number, original: number];

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** One list of segments for each line of the code. See https://tc39.es/ecma426/. */
export function decodeMappings(mappings: string): Segment[][] {
  let column = 0;
  return mappings.split(';').map((line) => {
    let made = 0;
    return line.split(',').flatMap((text): Segment[] => {
      const [step = 0, , , columns] = numbers(text);
      if (columns === undefined) return [];
      made += step;
      column += columns;
      return [[made, column]];
    });
  });
}

/** Base 64 with six bits a digit: five of the number, the lowest first, and one that says that more follow. */
function numbers(text: string): number[] {
  const found: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return found;
}
