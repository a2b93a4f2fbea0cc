/** What strangers may send: anything at all, and what nearly is a message. */
import fc from 'fast-check';

// A failure is reported with its seed, its counterexample and the assertion: the runner shows no cause of an error.
fc.configureGlobal({
  reporter(details) {
    if (details.failed) throw new Error(`${fc.defaultReportMessage(details)}\n${String(details.errorInstance)}`);
  },
});

/** Everything that fast-check can think of and a structured clone can carry. */
export const anything: fc.Arbitrary<unknown> = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 3,
});

/** Names that mean something to JavaScript, and would to a careless dispatcher. */
export const loadedNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'then',
  '__defineGetter__',
  '',
];

const usableId = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.constantFrom<string | null>(null, ...loadedNames),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
);
const id = fc.oneof(
  { weight: 5, arbitrary: usableId },
  { weight: 1, arbitrary: anything },
  fc.constantFrom(NaN, Infinity, 1n, 'x'.repeat(257)),
);

/** Messages that are right, or wrong in one place, or in many. `methods` are names that the core knows. */
export function nearlyMessage(methods: readonly string[]): fc.Arbitrary<unknown> {
  const method = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...methods) },
    { weight: 2, arbitrary: fc.constantFrom(...loadedNames) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: anything },
  );
  const event = fc.oneof(fc.constantFrom('tick', 'corral:client-joined', ...loadedNames), anything);
  const params = fc.oneof(
    { weight: 3, arbitrary: anything },
    // What the reserved methods take, so that they get past their first look.
    {
      weight: 3,
      arbitrary: fc.record(
        {
          event,
          listener: fc.oneof(fc.integer(), anything),
          bus: fc.boolean(),
          payload: anything,
          to: anything,
          id,
          protocol: fc.constantFrom(1, 2, '1'),
          label: fc.oneof(fc.constant('main'), anything),
        },
        { requiredKeys: [] },
      ),
    },
  );
  const request = fc.record(
    {
      jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, anything),
      id,
      method,
      params,
      headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), anything),
      result: anything,
      error: anything,
    },
    { requiredKeys: [] },
  );
  const plain = fc.record(
    { jsonrpc: fc.constant('2.0'), id: usableId, method, params },
    { requiredKeys: ['jsonrpc', 'method'] },
  );
  return fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 3, arbitrary: request },
    { weight: 1, arbitrary: anything },
  );
}
