/** A bounded picture of a value: plain data that can be kept, posted and shown, and holds on to nothing of the value itself. */

/** Strings, numbers, booleans and null stand for themselves. */
export type Picture = string | number | boolean | null | Leaf | Branch;

/** Something without parts that JSON has no word for, or a string that was cut. */
export interface Leaf {
  readonly is: 'undefined' | 'bigint' | 'date' | 'text' | 'bytes' | 'opaque';
  /** What it says, e.g. the beginning of a text, or the name of a class. */
  readonly text: string;
  /** The whole length of a cut text, in characters, or of bytes. */
  readonly length?: number;
}

export interface Branch {
  readonly is: 'object' | 'array' | 'map' | 'set';
  /** The name of its class, where that is not a plain one. */
  readonly name?: string;
  /** Keys of objects are strings, of arrays and sets left out; a map's keys are pictures. */
  readonly keys?: readonly Picture[];
  readonly values: readonly Picture[];
  /** So many more are not in the picture. */
  readonly more: number;
}

export interface Camera {
  /** What the pictures of one message may hold together is bounded. */
  take(value: unknown): Picture;
  /** Bytes, as an estimate: what a clone of everything that was taken would weigh. */
  readonly size: number;
  /** False if there was more than was looked at: the size is at least this. */
  readonly exact: boolean;
  /** How much memory the pictures take, roughly, in bytes. */
  readonly weight: number;
}

/** What the pictures of one message hold at most; beyond `levels` nothing is weighed either. */
export const PICTURE = { nodes: 400, breadth: 100, depth: 12, levels: 100, text: 2_000 } as const;
/** So many values are looked at for the size. */
const VISITS = 10_000;

interface Inside {
  level: number;
  shown: boolean;
  keyAt?: (index: number) => unknown;
  name?: string;
}

export function createCamera(): Camera {
  const met = new Set<object>();
  const above = new Set<object>();
  const camera = { take, size: 0, exact: true, weight: 0 };
  let nodes = 0;
  let visits = 0;

  function take(value: unknown): Picture {
    try {
      return see(value, 0, true);
    } catch {
      // A Proxy may throw whatever is asked of it; it cannot be sent either.
      return { is: 'opaque', text: 'unreadable' };
    }
  }

  /** What is not `shown` is only weighed. */
  function see(value: unknown, level: number, shown: boolean): Picture {
    visits++;
    if (shown) {
      nodes++;
      camera.weight += 24;
    }
    if (typeof value === 'string') return text(value, shown);
    if (typeof value === 'object' && value !== null) return object(value, level, shown);
    camera.size += typeof value === 'number' ? 8 : 1;
    if (value === undefined) return leaf('undefined', 'undefined');
    if (typeof value === 'bigint') return leaf('bigint', `${String(value).slice(0, 100)}n`);
    return typeof value === 'function' || typeof value === 'symbol' ? leaf('opaque', value === GETTER ? 'getter' : typeof value) : (value as number | boolean | null);
  }

  function text(value: string, shown: boolean): Picture {
    camera.size += value.length;
    if (!shown) return '';
    camera.weight += 2 * Math.min(value.length, PICTURE.text);
    return value.length <= PICTURE.text ? value : { is: 'text', text: cut(value, PICTURE.text), length: value.length };
  }

  function leaf(is: Leaf['is'], what: string, length?: number): Leaf {
    camera.weight += 40;
    return length === undefined ? { is, text: what } : { is, text: what, length };
  }

  function object(value: object, level: number, shown: boolean): Picture {
    if (above.has(value)) return leaf('opaque', 'itself, further up');
    const known = met.has(value);
    const before = camera.size;
    met.add(value);
    above.add(value);
    const picture = parts(value, level, shown);
    above.delete(value);
    // A clone holds each object once.
    if (known) camera.size = before;
    return picture;
  }

  function parts(value: object, level: number, shown: boolean): Picture {
    camera.size += 8;
    const name = nameOf(value);
    const bytes = ArrayBuffer.isView(value) || /^(?:Shared)?ArrayBuffer$/.test(name) ? (value as ArrayBuffer).byteLength : undefined;
    if (bytes !== undefined) {
      camera.size += bytes;
      return leaf('bytes', name, bytes);
    }
    if (value instanceof Date) return leaf('date', Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString());
    const into: Inside = { level, shown };
    if (Array.isArray(value)) return list('array', value.length, (index) => own(value, String(index)), into);
    if (value instanceof Map || value instanceof Set) {
      const entries = [...value.entries()];
      const member = (index: number): unknown => entries[index]?.[1];
      return value instanceof Set ? list('set', entries.length, member, into) : list('map', entries.length, member, { ...into, keyAt: (index) => entries[index]?.[0] });
    }
    // Those of an error are no keys, but what one wants to read.
    const keys = value instanceof Error ? ['name', 'message'] : Object.keys(value);
    if (keys.length === 0 && name !== 'Object') return leaf('opaque', name);
    const read = (index: number): unknown => (value instanceof Error ? value[keys[index] as 'name' | 'message'] : own(value, keys[index] as string));
    return list('object', keys.length, read, { ...into, keyAt: (index) => keys[index], name });
  }

  function list(is: Branch['is'], length: number, valueAt: (index: number) => unknown, { level, shown, keyAt, name }: Inside): Branch {
    const keys: Picture[] = [];
    const values: Picture[] = [];
    let index = 0;
    if (level < PICTURE.levels) {
      for (; index < length && visits < VISITS; index++) {
        const seen = shown && level < PICTURE.depth && nodes < PICTURE.nodes && index < PICTURE.breadth;
        const key = keyAt && see(keyAt(index), level + 1, seen);
        const value = see(valueAt(index), level + 1, seen);
        if (!seen) continue;
        if (key !== undefined) keys.push(key);
        values.push(value);
      }
    }
    if (index < length) camera.exact = false;
    camera.weight += shown ? 80 : 0;
    return { is, ...(name !== undefined && name !== 'Object' && { name }), ...(keyAt && { keys }), values, more: length - values.length };
  }

  return camera;
}

/** The beginning of a text, as a text of its own: a slice would keep all of it alive. */
export function cut(text: string, most: number): string {
  return text.length > most ? structuredClone(text.slice(0, most)) : text;
}

/** Without running a getter: to look must change nothing. */
function own(value: object, key: string): unknown {
  const found = Object.getOwnPropertyDescriptor(value, key);
  if (!found || 'value' in found) return found?.value;
  return GETTER;
}

const GETTER = Symbol('getter');

function nameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return 'Object';
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag !== 'Object') return tag;
  const maker = own(prototype as object, 'constructor');
  return typeof maker === 'function' && maker.name ? String(maker.name).slice(0, 60) : 'Object';
}
