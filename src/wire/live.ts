/** Values that are no data: finds them in what is sent, and puts their likeness where it belongs in what came. */
import { isObject, type Part } from './messages.ts';

/** A stream, an async iterable, or something of Corral's own (a Channel, a resource) that knows how to open itself. */
export function isLive(value: unknown): value is object {
  return isObject(value) && (Symbol.asyncIterator in value || typeof value['~open'] === 'function' || value instanceof ReadableStream);
}

/**
 * Whether the value is live, or one of its own properties is. It looks no further, so that ordinary values cost nothing;
 * what lies deeper is found when the platform refuses to clone it.
 */
export function holdsLive(value: unknown): boolean {
  try {
    if (isLive(value)) return true;
    if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return false;
    for (const key in value) if (isLive(value[key])) return true;
  } catch {
    // A getter that throws: cloning the value will say so.
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
  const above = new Set<unknown>();

  function walk(inner: unknown, path: Path): unknown {
    if (isLive(inner)) {
      const part = open(inner, path);
      if (part) live.push(part);
      return part ? null : inner;
    }
    const isArray = Array.isArray(inner);
    if (!isArray && (!isObject(inner) || Object.getPrototypeOf(inner) !== Object.prototype)) return inner;
    if (above.has(inner)) return inner;
    above.add(inner);
    let copy = inner as Record<string, unknown>;
    for (const key of Object.keys(inner)) {
      // A getter that throws stays where it is: cloning will say so.
      if (Object.getOwnPropertyDescriptor(inner, key)?.get) continue;
      const one = (inner as Record<string, unknown>)[key];
      const kept = walk(one, [...path, isArray ? Number(key) : key]);
      if (kept === one) continue;
      if (copy === inner) copy = (isArray ? [...inner] : { ...inner }) as Record<string, unknown>;
      copy[key] = kept;
    }
    above.delete(inner);
    return copy;
  }

  return { value: walk(value, []), live };
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
