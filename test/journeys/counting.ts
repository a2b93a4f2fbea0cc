/** A core whose answers come bit by bit, in this thread. */
import * as v from 'valibot';
import { command, createCore } from 'corral/core';
import { openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

/** A core that says what its generators do. */
export function counting() {
  const seen: string[] = [];
  let produced = 0;
  const core = createCore({
    name: unique(),
    commands: {
      count: command({
        args: v.number(),
        yields: v.number(),
        async *handler(to) {
          try {
            for (let i = 0; i < to; i++) {
              produced++;
              yield i;
            }
            seen.push('end');
          } finally {
            seen.push('finally');
          }
        },
      }),
      untyped: command({ args: v.number(), async *handler(to) { for (let i = 0; i < to; i++) yield { i }; } }),
      /** As a middleware or plain JavaScript may answer, whatever the types say. */
      noStream: command({ args: v.any(), yields: v.number(), handler: (answer) => answer as never }),
      waits: command({
        yields: v.string(),
        async *handler(_, { signal }) {
          try {
            yield 'first';
            await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
            yield 'never';
          } finally {
            seen.push(`finally ${(signal.reason as Error | undefined)?.name}`);
          }
        },
      }),
      fails: command({
        args: v.number(),
        yields: v.number(),
        errors: { EMPTY: v.object({ after: v.number() }) },
        async *handler(after, { fail }) {
          for (let i = 0; i < after; i++) yield i;
          fail('EMPTY', { after });
        },
      }),
      throws: command({
        async *handler() {
          yield 1;
          throw new Error('a secret');
        },
      }),
      wrong: command({
        yields: v.number(),
        async *handler() {
          try {
            yield 1;
            yield 'two' as never;
            yield 3;
          } finally {
            seen.push('finally');
          }
        },
      }),
      uncloneable: command({
        async *handler() {
          try {
            yield 1;
            yield () => 2;
            yield 3;
          } finally {
            seen.push('finally');
          }
        },
      }),
      readable: command({
        yields: v.number(),
        handler: () =>
          new ReadableStream<number>({
            start(controller) {
              for (let i = 0; i < 5; i++) controller.enqueue(i);
              controller.close();
            },
          }),
      }),
      iterable: command({
        yields: v.number(),
        handler: async () => ({
          async *[Symbol.asyncIterator]() {
            yield 1;
            yield 2;
          },
        }),
      }),
      nested: command({
        handler: () => {
          async function* letters() {
            yield 'a';
            yield 'b';
          }
          return { name: 'letters', rows: letters(), deep: [{ more: letters() }] };
        },
      }),
      ping: command({ handler: () => 'pong' }),
    },
    onError: (error) => seen.push(`reported ${(error as Error).message}`),
  });
  return { ...openInProcess(core), core, seen, produced: () => produced };
}

/** Everything that comes, until it ends. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
