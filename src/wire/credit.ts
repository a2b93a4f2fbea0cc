/** How much a sender may send before it must wait for its reader. Pure arithmetic, the same at both ends. */

// Taken when the page loads: a script that patches them later sees no argument go by.
const { isArray } = Array;
const { isView } = ArrayBuffer;

/** What a channel begins with, in each direction: so many small messages are under way at most. */
export const WINDOW = 256;
/** So many bytes cost as much as one small message: a window holds 16 MB of chunks. */
const UNIT = 64 * 1024;

/** What a message costs its sender, and gives back once it has been read. */
export function costOf(value: unknown): number {
  const bytes = typeof value === 'string' ? value.length : isView(value) || value instanceof ArrayBuffer ? value.byteLength : 0;
  return bytes > UNIT ? Math.ceil(bytes / UNIT) : 1;
}

/** The reader's account of one channel. */
export interface Meter {
  /** Something came; false if its sender had no credit. One message may overdraw it, however large. */
  came(cost: number): boolean;
  /** Something was read. Returns what to grant the sender now: nothing until half a window has been read. */
  read(cost: number): number;
}

export function createMeter(): Meter {
  let allowed = WINDOW;
  let read = 0;
  return {
    came(cost) {
      allowed -= cost;
      return allowed + cost > 0;
    },
    read(cost) {
      read += cost;
      if (read * 2 < WINDOW) return 0;
      const grant = read;
      allowed += grant;
      read = 0;
      return grant;
    },
  };
}

/** So many bytes of arguments may be under way to a core that has not read them: while it is busy it must not be filled up. One call may overdraw it. */
export const BYTES: number = 16 * 1024 * 1024;
const WEIGHED = 64;

/**
 * The bytes of the buffers and of the long strings in an argument, near enough: it looks at the first values only, so that a large
 * object costs no more than a small one. What is less than a small message counts nothing.
 */
export function weigh(root: unknown): number {
  let left = WEIGHED;
  function weight(value: unknown): number {
    if (typeof value === 'string') return value.length > UNIT ? value.length : 0;
    if (typeof value !== 'object' || value === null) return 0;
    if (isView(value) || value instanceof ArrayBuffer) return value.byteLength > UNIT ? value.byteLength : 0;
    let sum = 0;
    if (isArray(value)) for (let index = 0; index < value.length && left-- > 0; index++) sum += weight(value[index]);
    else {
      for (const key in value) {
        if (left-- <= 0) break;
        sum += weight((value as Record<string, unknown>)[key]);
      }
    }
    return sum;
  }
  try {
    return weight(root);
  } catch {
    return 0; // a getter or a trap that throws: posting it will say so
  }
}
