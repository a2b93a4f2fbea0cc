/** The guard, which is iterative and stops early, against an oracle that is recursive and looks at everything. */
import { assert } from 'chai';
import type { CorralError } from 'corral/core';
import fc from 'fast-check';
import { guard, type GuardLimits } from '../../../src/core/guard.ts';
import { anything } from '../arbitraries.ts';

/** What an oracle finds wrong: a limit that is exceeded, or `shape` for what no limit allows. */
type Fault = keyof GuardLimits | 'shape';

/** Everything that is wrong with a value. For small ones: n shared references cost it 2^n. */
function oracle(root: unknown, limits: GuardLimits): Set<Fault> {
  const faults = new Set<Fault>();
  let nodes = 0;

  function visit(value: unknown, depth: number): void {
    if (typeof value === 'string' && value.length > limits.stringLength) faults.add('stringLength');
    if (typeof value !== 'object' || value === null) return;
    if (depth > limits.depth) return void faults.add('depth');
    const inside = (inner: unknown): void => {
      nodes++;
      visit(inner, depth + 1);
    };
    if (Array.isArray(value)) {
      if (Object.keys(value).some((key) => !/^\d+$/.test(key))) faults.add('shape');
      for (let index = 0; index < value.length; index++) inside(value[index]);
    } else if (value instanceof Map || value instanceof Set) {
      // A Map is a list of pairs.
      for (const entry of value) inside(entry);
    } else if (value instanceof String) {
      // It has a key for each character, and is taken for its text.
      visit(value.valueOf(), depth);
    } else if (isShared(value) || isResizable(value)) {
      faults.add('shape');
    } else if (!ArrayBuffer.isView(value)) {
      if (value instanceof Error) visit(value.cause, depth + 1);
      for (const [key, inner] of Object.entries(value)) {
        if (key.length > limits.stringLength) faults.add('stringLength');
        if (key === '__proto__') faults.add('shape');
        if (key === 'constructor' && Object.hasOwn(Object(inner), 'prototype')) faults.add('shape');
        inside(inner);
      }
    }
  }

  visit(root, 1);
  if (nodes > limits.nodes) faults.add('nodes');
  return faults;
}

const bufferOf = (value: object): object => (ArrayBuffer.isView(value) ? value.buffer : value);
const isShared = (value: object): boolean => bufferOf(value) instanceof SharedArrayBuffer;
const isResizable = (value: object): boolean => (bufferOf(value) as { resizable?: boolean }).resizable === true;

/** What the guard finds wrong first. */
function verdict(value: unknown, limits: GuardLimits): Fault | undefined {
  try {
    guard(value, limits);
    return undefined;
  } catch (error) {
    const { code, details } = error as CorralError<'OVERLOADED'>;
    if (code === 'OVERLOADED') return details.limit as Fault;
    assert.equal(code, 'INVALID_ARGUMENTS', String(error));
    return 'shape';
  }
}

function agrees(value: unknown, limits: GuardLimits): void {
  const faults = oracle(value, limits);
  assert.oneOf(verdict(value, limits), faults.size > 0 ? [...faults] : [undefined]);
}

const small = fc.record({
  nodes: fc.integer({ min: 1, max: 40 }),
  depth: fc.integer({ min: 1, max: 6 }),
  stringLength: fc.integer({ min: 1, max: 12 }),
});

type Kind = 'array' | 'sparse' | 'object' | 'bare' | 'map' | 'set' | 'extras';
const leaf = fc.oneof(
  fc.string({ maxLength: 16 }),
  fc.constantFrom<unknown>(
    undefined,
    null,
    1,
    NaN,
    10n,
    new Date(0),
    new Uint8Array(3),
    new ArrayBuffer(2),
    new Error('plain'),
    new Error('with a cause', { cause: ['a', ['b']] }),
    new String('boxed'),
    /x/,
    new Blob([]),
  ),
  fc.constantFrom<unknown>(
    new Uint8Array(new SharedArrayBuffer(4)),
    new SharedArrayBuffer(4),
    new (ArrayBuffer as any)(2, { maxByteLength: 4 }),
  ),
);
const kind = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<Kind>('array', 'object', 'bare', 'map', 'set', 'sparse') },
  { weight: 1, arbitrary: fc.constant<Kind>('extras') },
);
const name = fc.oneof(
  { weight: 9, arbitrary: fc.string({ maxLength: 14 }) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'prototype', 'length', '0') },
);

/** Containers that hold leaves and, by their places, each other: so one may be shared, or hold itself. */
const containers = (cyclic: boolean): fc.Arbitrary<object> =>
  fc
    .array(
      fc.record({
        kind,
        children: fc.array(
          fc.tuple(
            name,
            fc.oneof(
              { weight: 2, arbitrary: fc.nat(5).map((place) => ({ place })) },
              { weight: 3, arbitrary: leaf.map((value) => ({ value })) },
            ),
          ),
          { maxLength: 4 },
        ),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((plans) => {
      const made = plans.map((plan) => create(plan.kind));
      plans.forEach(({ children }, at) => {
        for (const [key, child] of children) {
          if (!('place' in child)) add(made[at] as object, key, child.value);
          // Without cycles a container holds only those before it.
          else if (cyclic) add(made[at] as object, key, made[child.place % made.length]);
          else if (at > 0) add(made[at] as object, key, made[child.place % at]);
        }
      });
      return made.at(-1) as object;
    });

function create(kind: Kind): object {
  if (kind === 'array') return [];
  if (kind === 'sparse') return Array(3);
  if (kind === 'extras') return Object.assign([], { extra: 1 });
  if (kind === 'map') return new Map();
  if (kind === 'set') return new Set();
  return kind === 'bare' ? Object.create(null) : {};
}

function add(to: object, key: string, value: unknown): void {
  if (Array.isArray(to)) to.push(value);
  else if (to instanceof Map) to.set(key, value);
  else if (to instanceof Set) to.add(value);
  else Object.defineProperty(to, key, { value, enumerable: true, configurable: true, writable: true });
}

describe('the guard agrees with a naive oracle', () => {
  it('on anything', () => {
    fc.assert(fc.property(anything, small, agrees), { numRuns: 2000 });
  });

  it('on graphs whose references are shared', () => {
    fc.assert(fc.property(containers(false), small, agrees), { numRuns: 3000 });
  });

  it('on graphs that hold themselves', () => {
    fc.assert(
      fc.property(
        containers(true),
        fc.record({
          nodes: fc.integer({ min: 1, max: 40 }),
          depth: fc.integer({ min: 1, max: 4 }),
          stringLength: fc.constant(20),
        }),
        agrees,
      ),
      { numRuns: 2000 },
    );
  });

  it('on each limit: what just fits passes, and one less refuses it by that limit', () => {
    const roomy = { nodes: 1e6, depth: 1000, stringLength: 1e6 };
    fc.assert(
      fc.property(containers(false), (value) => {
        if (oracle(value, roomy).size > 0) return;
        for (const limit of ['nodes', 'depth', 'stringLength'] as const) {
          let least = 0;
          while (oracle(value, { ...roomy, [limit]: least }).size > 0) least++;
          assert.isUndefined(verdict(value, { ...roomy, [limit]: least }));
          if (least > 0) assert.equal(verdict(value, { ...roomy, [limit]: least - 1 }), limit);
        }
      }),
      { numRuns: 300 },
    );
  });
});
