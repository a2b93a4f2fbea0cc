/** A core that reads what its callers stream to it, in this thread, and a source that counts what is asked of it. */
import * as v from 'valibot';
import { channel, command, createCore, stream } from 'corral/core';
import { openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

export function reading() {
  const seen: string[] = [];
  const core = createCore({
    name: unique(),
    commands: {
      sum: command({
        args: v.object({ numbers: stream(v.number()) }),
        handler: async ({ numbers }) => {
          let total = 0;
          for await (const number of numbers) total += number;
          return total;
        },
      }),
      first: command({
        args: stream(v.number()),
        handler: async (numbers) => {
          for await (const number of numbers) return number;
          return -1;
        },
      }),
      ignore: command({ args: stream(v.any()), handler: () => 'not read' }),
      hold: command({
        args: stream(v.any()),
        handler: (_numbers, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      }),
      size: command({
        args: v.object({ files: v.array(v.object({ name: v.string(), body: stream(v.instance(Uint8Array)) })) }),
        handler: ({ files }) =>
          Promise.all(
            files.map(async ({ name, body }) => {
              let size = 0;
              for await (const chunk of body) size += chunk.byteLength;
              return { name, size };
            }),
          ),
      }),
      double: command({
        args: stream(v.number()),
        yields: v.number(),
        async *handler(numbers) {
          for await (const number of numbers) yield number * 2;
        },
      }),
      /** Relays what comes, and says when it ends. */
      relay: command({
        args: v.object({ numbers: stream(v.number()) }),
        yields: v.number(),
        async *handler({ numbers }) {
          try {
            for await (const number of numbers) yield number;
          } finally {
            seen.push('finally');
          }
        },
      }),
      /** Two answers at once, of two arguments. */
      twin: command({
        args: v.array(stream(v.number())),
        handler: (sources) =>
          sources.map(async function* (numbers) {
            try {
              for await (const number of numbers) yield number;
            } finally {
              seen.push('finally');
            }
          }),
      }),
      chat: command({
        args: channel(v.number(), { duplex: v.number() }),
        yields: v.number(),
        async *handler(to) {
          try {
            for await (const number of to) yield number;
          } finally {
            seen.push('finally');
          }
        },
      }),
      reads: command({
        args: stream(v.number()),
        handler: async (numbers) => {
          try {
            for await (const number of numbers) seen.push(`read ${number}`);
          } catch (error) {
            seen.push(`threw ${(error as Error).name}`);
            throw error;
          }
        },
      }),
      /** Answers at once, and reads what it still gets. */
      linger: command({
        args: v.object({ numbers: stream(v.number()), after: v.number() }),
        handler: async ({ numbers, after }) => {
          const reader = numbers.getReader();
          for (let read = 0; read < after; read++) seen.push(`read ${(await reader.read()).value}`);
          const rest = async (): Promise<void> => {
            for (;;) {
              const { value, done } = await reader.read();
              seen.push(done ? 'read it all' : `read ${value}`);
              if (done) return;
            }
          };
          void rest().catch((error: Error) => seen.push(`threw ${error.name}`));
        },
      }),
      ping: command({ handler: () => 'pong' }),
    },
    onError: (error) => seen.push(`reported ${(error as Error).message}`),
  });
  return { ...openInProcess(core), core, seen };
}

/** Counts what is asked of it. */
export function source(to: number) {
  const state = { produced: 0, closed: false };
  async function* numbers() {
    try {
      for (let i = 1; i <= to; i++) {
        state.produced++;
        yield i;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, numbers: numbers() };
}
