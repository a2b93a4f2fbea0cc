/** Values that are no data: finds them in what is sent, and puts their likeness where it belongs in what came. */
import { isObject, type Part } from './messages.ts';

// Taken when the page loads: a script that patches it later sees no argument go by.
const { getPrototypeOf } = Object;

/**
 * A stream, an async iterable, or something of Corral's own (a Channel, a resource) that knows how to open itself. A
 * trap or a getter that throws is none: cloning the value will say so.
 */
export function isLive(value: unknown): value is object {
  try {
    return isObject(value) && (Symbol.asyncIterator in value || typeof value['~open'] === 'function' || value instanceof ReadableStream);
  } catch {
    return false;
  }
}

/**
 * Whether the value is live, or one of its own properties is. It looks no further, so that ordinary values cost nothing;
 * what lies deeper is found when the platform refuses to clone it.
 */
export function holdsLive(value: unknown): boolean {
  if (isLive(value)) return true;
  try {
    if (!isObject(value) || getPrototypeOf(value) !== Object.prototype) return false;
    for (const key in value) if (isLive(value[key])) return true;
  } catch {
    // As above.
  }
  return false;
}

/** Where something lies: the keys that lead to it. */
export type Path = (string | number)[];

/**
 * Returns the value with null in the place of everything live, and one part for each of those, as `open` makes it;
 * where that makes none, the value stays. What was given is not changed.
 */
export function takeLive(value: unknown, open: (live: object, path: Path) => Part | undefined): { value: unknown; live: Part[] } {
  const live: Part[] = [];
  /** What leads here, and what holds nothing live: looked at once, however many ways lead to it. */
  const seen = new Set<unknown>();

  function walk(inner: unknown, path: Path): unknown {
    if (isLive(inner)) {
      const part = open(inner, path);
      if (part) live.push(part);
      return part ? null : inner;
    }
    if (path.length > DEEPEST || seen.has(inner)) return inner;
    const entries = entriesOf(inner);
    let copy = inner as Record<string, unknown>;
    seen.add(inner);
    for (const [key, one] of entries) {
      const isArray = Array.isArray(inner);
      const kept = walk(one, [...path, isArray ? Number(key) : key]);
      if (kept === one) continue;
      if (copy === inner) copy = (isArray ? [...inner] : { ...(inner as object) }) as Record<string, unknown>;
      copy[key] = kept;
    }
    if (copy !== inner) seen.delete(inner);
    return copy;
  }

  return { value: walk(value, []), live };
}

/** Nobody looks for a stream further down. */
const DEEPEST = 32;

/** What a list or a plain object holds. What cannot be read holds nothing: cloning it will say so. */
function entriesOf(value: unknown): [string, unknown][] {
  try {
    return Array.isArray(value) || (isObject(value) && getPrototypeOf(value) === Object.prototype) ? Object.entries(value) : [];
  } catch {
    return [];
  }
}

/** Puts the value where the path leads, and returns the root. Walks own keys only; throws a RangeError if they lead nowhere. */
export function place(root: unknown, path: readonly unknown[], value: unknown): unknown {
  if (path.length === 0) return value;
  let parent = root as Record<PropertyKey, unknown>;
  path.forEach((key, index) => {
    if (!isObject(parent) || !Object.hasOwn(parent, key as PropertyKey)) throw new RangeError('A path leads nowhere');
    if (index < path.length - 1) parent = parent[key as string] as typeof parent;
    else parent[key as string] = value;
  });
  return root;
}
