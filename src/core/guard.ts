/** What no schema should ever meet, counted and refused before one runs. Iterative: Firefox delivers a depth of 100,000. */
import { isObject } from '../wire/messages.ts';

export interface GuardLimits {
  /** Visits, not objects: shared references make a 360-byte message cost a validator 2^n. */
  readonly nodes: number;
  readonly depth: number;
  readonly stringLength: number;
}

/** What was found, and which limit it is over; `limit` is undefined for what is refused at any size. */
export interface Refusal {
  readonly what: string;
  readonly limit?: keyof GuardLimits;
}

/** An own property of these names turns a later `list.map(...)` in a handler into something else. */
const ARRAY_METHODS = Object.getOwnPropertyNames(Array.prototype).filter((name) => name !== 'length');

/** Looks at every value inside, once for each way that leads to it. Returns why it is refused, or undefined. */
export function guard(root: unknown, limits: GuardLimits): Refusal | undefined {
  if (typeof root !== 'object') return typeof root === 'string' ? tooLong(root, limits) : undefined;
  if (root === null) return undefined;
  const values: object[] = [root];
  const depths: number[] = [1];
  let nodes = 1;

  while (values.length > 0) {
    const value = values.pop() as object;
    const depth = depths.pop() as number;
    if (depth > limits.depth) return { what: `nests deeper than ${limits.depth}`, limit: 'depth' };

    if (Array.isArray(value)) {
      // The length first: a sparse array of 1e7 costs its sender nothing and a validator all its memory.
      nodes += value.length;
      if (nodes > limits.nodes) break;
      if (hasExtras(value)) return { what: 'has an array with properties of its own' };
      for (let index = 0; index < value.length; index++) {
        const inner: unknown = value[index];
        if (typeof inner === 'object' && inner !== null) {
          values.push(inner);
          depths.push(depth + 1);
        } else if (typeof inner === 'string' && inner.length > limits.stringLength) return tooLong(inner, limits);
      }
      continue;
    }

    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      for (const key in value) {
        nodes++;
        if (key === '__proto__') return { what: 'has a `__proto__` key' };
        const inner = (value as Record<string, unknown>)[key];
        if (typeof inner === 'object' && inner !== null) {
          if (key === 'constructor' && Object.hasOwn(inner, 'prototype')) return { what: 'has a `constructor.prototype` key' };
          values.push(inner);
          depths.push(depth + 1);
        } else if (typeof inner === 'string' && inner.length > limits.stringLength) return tooLong(inner, limits);
        if (key.length > limits.stringLength) return tooLong(key, limits);
      }
      if (nodes > limits.nodes) break;
      continue;
    }

    if (value instanceof Map || value instanceof Set) {
      nodes += value.size * (value instanceof Map ? 2 : 1);
      if (nodes > limits.nodes) break;
      for (const entry of value instanceof Map ? [...value.keys(), ...value.values()] : value) {
        if (isObject(entry)) {
          values.push(entry);
          depths.push(depth + 1);
        } else if (typeof entry === 'string' && entry.length > limits.stringLength) return tooLong(entry, limits);
      }
      continue;
    }

    const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
    if (typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer) return { what: 'holds shared memory, which its sender can change after it was checked' };
    if (buffer instanceof ArrayBuffer && (buffer as { resizable?: boolean }).resizable) return { what: 'holds a resizable buffer' };
  }
  return nodes > limits.nodes ? { what: `holds more than ${limits.nodes} values`, limit: 'nodes' } : undefined;
}

function tooLong(text: string, limits: GuardLimits): Refusal | undefined {
  return text.length > limits.stringLength ? { what: `holds a string longer than ${limits.stringLength}`, limit: 'stringLength' } : undefined;
}

/** Own keys come in order, indices first, so the last one tells. Listing a long array's keys is dear: there, the names that do harm. */
function hasExtras(array: unknown[]): boolean {
  if (array.length > 64) return ARRAY_METHODS.some((name) => Object.hasOwn(array, name));
  const last = Object.keys(array).pop();
  return last !== undefined && !(Number(last) < array.length);
}
