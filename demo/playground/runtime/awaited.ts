/** Knows where a rejection was awaited: what comes from a core has no line of the page in its stack. */
import type { RawPlace } from './protocol.ts';

const places = new WeakMap<object, RawPlace>();

/** Compiled code has `await $await(line, column, value)`. */
export function awaitedAt(file: string): (line: number, column: number, value: unknown) => unknown {
  return (line, column, value) => {
    if (value instanceof Promise) value.catch((reason) => note(reason, { file, line, column, isOriginal: true }));
    return value;
  };
}

/** Where this was awaited first. */
export function whereAwaited(reason: unknown): RawPlace | undefined {
  return typeof reason === 'object' && reason !== null ? places.get(reason) : undefined;
}

function note(reason: unknown, place: RawPlace): void {
  if (typeof reason === 'object' && reason !== null && !places.has(reason)) places.set(reason, place);
}
