/** Where lines begin: the places of some, evenly spread, in so little memory whatever the file's size. */

/** So many places at most. Once they are all used, every second one is forgotten. */
const capacity = 65_536;
const newline = 10;

export interface LineIndex {
  readonly lines: number;
  /** How far the known lines are apart. */
  readonly step: number;
  /** Its memory, in bytes. */
  readonly memory: number;
  /** Counts the next bytes of the file in. */
  add(chunk: Uint8Array): void;
  /** The last known line that is not after this one, counted from 0, and where it begins. */
  before(line: number): { line: number; at: number };
}

export function createLineIndex(): LineIndex {
  // Of doubles, because a file may be longer than 32 bits can count.
  const places = new Float64Array(capacity);
  let known = 1;
  let step = 1;
  let newlines = 0;
  let size = 0;
  let endsInLine = false;

  function note(at: number): void {
    if (known === capacity) {
      for (let n = 0; n < capacity / 2; n++) places[n] = places[2 * n]!;
      known /= 2;
      step *= 2;
      if (newlines % step !== 0) return;
    }
    places[known++] = at;
  }

  return {
    get lines() {
      return newlines + Number(endsInLine);
    },
    get step() {
      return step;
    },
    memory: places.byteLength,
    add(chunk) {
      if (chunk.length === 0) return;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) {
        newlines++;
        if (newlines % step === 0) note(size + at + 1);
      }
      size += chunk.length;
      endsInLine = chunk.at(-1) !== newline;
    },
    before(line) {
      const place = Math.min(Math.floor(line / step), known - 1);
      return { line: place * step, at: places[place]! };
    },
  };
}
