/** The methods that the examples of the JSON-RPC 2.0 specification call, and some that fail or take long. */
import * as v from 'valibot';
import { command, createCore, serve } from 'corral/core';

/** What the notifications brought, and which calls were aborted. */
const told: unknown[] = [];
const waiting: (() => void)[] = [];

const numbers = v.array(v.number());
const minuendAndSubtrahend = v.union([
  v.tuple([v.number(), v.number()]),
  v.object({ minuend: v.number(), subtrahend: v.number() }),
]);
const note = command({ args: numbers, handler: (values) => void told.push(values) });

export const conformance = createCore({
  name: 'conformance',
  commands: {
    subtract: command({
      args: minuendAndSubtrahend,
      handler: (args) => (Array.isArray(args) ? args[0] - args[1] : args.minuend - args.subtrahend),
    }),
    sum: command({ args: numbers, handler: (values) => values.reduce((total, value) => total + value, 0) }),
    get_data: command({ handler: () => ['hello', 5] }),
    update: note,
    notify_hello: note,
    notify_sum: note,
    told: command({ handler: () => told }),
    nothing: command({ handler: () => undefined }),
    headers: command({ handler: (_, { headers }) => ({ ...headers }) }),
    wrong: command({ returns: v.number(), handler: () => 'not a number' as never }),
    throws: command({
      handler: () => {
        throw new Error('a secret of the core');
      },
    }),
    /** Answers with a function, which cannot cross. */
    uncloneable: command({ handler: () => () => 'not data' }),
    takes: command({ args: v.any(), handler: () => 'taken' }),
    /** Runs until its caller cancels it. */
    wait: command({
      handler: (_, { signal }) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            told.push((signal.reason as Error).name);
            reject(signal.reason as Error);
          });
        }),
    }),
    /** Pays no attention to its signal, and answers when `release` says so. */
    stubborn: command({ handler: () => new Promise((resolve) => waiting.push(() => resolve('late'))) }),
    release: command({
      handler: () => {
        for (const answer of waiting.splice(0)) answer();
        return 'released';
      },
    }),
  },
  onError: () => {},
});
export type Conformance = typeof conformance;
serve(conformance);
