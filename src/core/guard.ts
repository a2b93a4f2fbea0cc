/** What no schema should ever meet, counted and refused before one runs. Iterative: Firefox delivers a depth of 100,000. */
import { CorralError } from '../wire/errors.ts';

export interface GuardLimits {
  /** Visits, not objects: shared references make a 360-byte message cost a validator 2^n. */
  readonly nodes: number;
  readonly depth: number;
  readonly stringLength: number;
}

const { getPrototypeOf } = Object;
// The state of the one look that goes on: made anew for each call, it would cost more than the look at a small argument.
const values: object[] = [];
const depths: number[] = [];
let depth = 0;
let nodes = 0;
/** By all messages of a frame together: they may share one argument, which costs its sender nothing and us as often as it is looked at. */
let spent: number | undefined;
const FRAME_FACTOR = 4;
let limits: GuardLimits;
let what: string;

/**
 * Looks at every value inside, once for each way that leads to it, and returns how many there are. Throws OVERLOADED
 * over a limit, INVALID_ARGUMENTS for what is refused at any size. Ports that it meets are taken out of `ports`.
 */
export function guard(root: unknown, within: GuardLimits, name = 'The argument', ports?: Set<unknown>): number {
  forget();
  depth = nodes = 0;
  limits = within;
  what = name;
  visit(root);
  while (values.length > 0) {
    const value = values.pop() as object;
    depth = depths.pop() as number;
    if (depth > limits.depth) over('depth');
    const prototype: unknown = getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      // Twice as fast as a list of its keys.
      for (const key in value) visitField(value, key);
    } else if (Array.isArray(value)) {
      // The length first: a sparse array of 1e7 costs its sender nothing, and a validator all its memory.
      count(value.length);
      // Own keys come in order, indices first, so the last one tells.
      const last = Object.keys(value).pop() ?? '';
      if (last && !(String(Number(last) >>> 0) === last && Number(last) < value.length)) refuse('an array with keys of its own');
      for (let index = 0; index < value.length; index++) visit(value[index]);
    } else if (value instanceof Map || value instanceof Set) {
      count(value.size);
      for (const entry of value as Iterable<unknown>) visit(entry);
    } else if (!ports?.delete(value) && isRecord(value)) {
      for (const key of Object.keys(value)) visitField(value, key);
    }
  }
  return nodes;
}

function visitField(value: object, key: string): void {
  count(1);
  visit(key);
  const inner = (value as Record<string, unknown>)[key];
  // The two ways to a prototype that naive code would follow.
  if (key === '__proto__' || (key === 'constructor' && Object.hasOwn(Object(inner), 'prototype'))) refuse(`a \`${key}\` key`);
  visit(inner);
}

/** For an object of some class: true if it has fields to look at, false if it has none. */
function isRecord(value: object): boolean {
  // Its keys are its characters, made before they could be counted.
  if (value instanceof String) {
    visit(String.prototype.valueOf.call(value));
    return false;
  }
  if (value instanceof Error) {
    visit(value.cause);
    visit((value as AggregateError).errors);
  }
  const isView = ArrayBuffer.isView(value);
  const buffer = (isView ? value.buffer : value) as { constructor?: { name: string }; resizable?: boolean };
  // Its sender could change it after it was checked. Not every page has the constructor to ask with `instanceof`.
  if (buffer.constructor?.name === 'SharedArrayBuffer') refuse('shared memory');
  if (buffer.resizable) refuse('a resizable buffer');
  return !isView;
}

function visit(value: unknown): void {
  if (typeof value === 'object') {
    if (value === null) return;
    values.push(value);
    depths.push(depth + 1);
  } else if (typeof value === 'string' && value.length > limits.stringLength) over('stringLength');
}

function count(more: number): void {
  nodes += more;
  if (spent !== undefined) spent += more;
  if (nodes > limits.nodes || (spent ?? 0) > limits.nodes * FRAME_FACTOR) over('nodes');
}

/** What arrives together may hold four times of what one message may. */
export function countFrame(receive: () => void): void {
  spent = 0;
  try {
    receive();
  } finally {
    spent = undefined;
  }
}

/** Looks at an answer. It is ours, so it does not count as what its caller's frame has spent. */
export function guardAnswer(answer: unknown, within: GuardLimits): void {
  const kept = spent;
  spent = undefined;
  try {
    guard(answer, within, 'The answer');
  } finally {
    spent = kept;
  }
}

/** A refused message must not be kept alive by what was still to be looked at. */
function forget(): void {
  values.length = depths.length = 0;
}

function over(limit: keyof GuardLimits): never {
  forget();
  const allowed = limits[limit];
  throw new CorralError('OVERLOADED', `${what} is over the limit of ${allowed} ${limit}.`, { limit, allowed });
}

function refuse(why: string): never {
  forget();
  const message = `${what} holds ${why}`;
  throw new CorralError('INVALID_ARGUMENTS', `${message}.`, { issues: [{ path: [], message }] });
}
