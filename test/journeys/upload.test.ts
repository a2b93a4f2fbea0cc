/** Streams as arguments: what the page produces, the core reads as fast as it likes. */
import { assert } from 'chai';
import * as v from 'valibot';
import { transfer } from 'corral';
import { command, createCore, stream } from 'corral/core';
import { eventually, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

function reading() {
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
function source(to: number) {
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

describe('a stream as an argument', () => {
  it('of an async generator arrives whole and in order', async () => {
    const { invoke, stats, core } = reading();
    const { state, numbers } = source(1_000);
    assert.equal(await invoke.sum({ numbers }), 500_500);
    assert.isTrue(state.closed);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('may be a ReadableStream or any async iterable', async () => {
    const { invoke } = reading();
    const numbers = new ReadableStream<number>({
      start(controller) {
        for (const n of [1, 2, 3]) controller.enqueue(n);
        controller.close();
      },
    });
    assert.equal(await invoke.sum({ numbers }), 6);
    const iterable = {
      async *[Symbol.asyncIterator]() {
        yield 4;
        yield 5;
      },
    };
    assert.equal(await invoke.sum({ numbers: iterable }), 9);
    assert.equal(await invoke.first(iterable), 4);
  });

  it("may be a file's, however deep it lies in the argument", async () => {
    const { invoke } = reading();
    const files = [10, 300_000].map((size) => ({ name: `${size}`, body: new Blob([new Uint8Array(size)]).stream() }));
    assert.deepEqual(await invoke.size({ files }), [{ name: '10', size: 10 }, { name: '300000', size: 300_000 }]);
  });

  it('may be the body of a response', async () => {
    const { invoke } = reading();
    const { body } = new Response('hello world');
    assert.deepEqual(await invoke.size({ files: [{ name: 'body', body: body as ReadableStream<Uint8Array<ArrayBuffer>> }] }), [{ name: 'body', size: 11 }]);
  });

  it('is read only as fast as the core reads', async () => {
    const { invoke, core } = reading();
    const { state, numbers } = source(1_000_000);
    const controller = new AbortController();
    const call = rejection(invoke.hold(numbers, { signal: controller.signal }));
    await eventually('it is there', () => core.stats().channels === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.isAtMost(state.produced, 257);
    controller.abort();
    await call;
    await eventually('the source is told', () => state.closed);
  });

  it('of bytes has at most 16 MB under way', async () => {
    const { invoke } = reading();
    let produced = 0;
    let cancelled = false;
    const bytes = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          produced++;
          controller.enqueue(new Uint8Array(1024 * 1024));
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const controller = new AbortController();
    const call = rejection(invoke.hold(bytes, { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.isAtMost(produced, 17);
    controller.abort();
    await call;
    await eventually('the source is told', () => cancelled);
  });

  it('that the core leaves early is closed on the page: its finally runs', async () => {
    const { invoke, stats, core } = reading();
    const { state, numbers } = source(1_000_000);
    assert.equal(await invoke.first(numbers), 1);
    await eventually('the source is told', () => state.closed);
    assert.isBelow(state.produced, 600);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('that is never read ends with its call', async () => {
    const { invoke } = reading();
    const { state, numbers } = source(1_000_000);
    assert.equal(await invoke.ignore(numbers), 'not read');
    await eventually('the source is told', () => state.closed);
  });

  it('can feed the stream of the answer', async () => {
    const { invoke, stats, core } = reading();
    const { state, numbers } = source(500);
    const doubled: number[] = [];
    for await (const number of await invoke.double(numbers)) doubled.push(number);
    assert.deepEqual(doubled, Array.from({ length: 500 }, (_, i) => (i + 1) * 2));
    assert.isTrue(state.closed);
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
  });

  it('ends when the stream of the answer is left', async () => {
    const { invoke, stats, core } = reading();
    const { state, numbers } = source(1_000_000);
    for await (const number of await invoke.double(numbers)) if (number === 20) break;
    await eventually('the source is told', () => state.closed);
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
  });

  it('that fails rejects its call with its own error, and the handler reads an AbortError', async () => {
    const { invoke, seen } = reading();
    async function* numbers() {
      yield 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new TypeError('the file has gone');
    }
    const error = await rejection(invoke.reads(numbers()));
    assert.equal(error.message, 'the file has gone');
    await eventually('the handler knows', () => seen.length === 2);
    assert.deepEqual(seen, ['read 1', 'threw AbortError']);
  });

  it('whose item the schema refuses rejects its call with INVALID_ARGUMENTS, and is closed', async () => {
    const { invoke } = reading();
    let closed = false;
    async function* numbers() {
      try {
        yield 1;
        yield 'two' as never;
        for (;;) yield 3;
      } finally {
        closed = true;
      }
    }
    const error = await rejection(invoke.sum({ numbers: numbers() }));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.lengthOf((error.details as unknown as { issues: unknown[] }).issues, 1);
    await eventually('the source is told', () => closed);
  });

  it('that has ended with such an item rejects its call all the same', async () => {
    const { invoke, seen } = reading();
    async function* numbers() {
      yield 1;
      yield 'two' as never;
    }
    const error = await rejection(invoke.sum({ numbers: numbers() }));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.lengthOf((error.details as unknown as { issues: unknown[] }).issues, 1);
    assert.deepEqual(seen, []);
  });

  it('that is read beyond its answer does not look complete', async () => {
    const { invoke, seen } = reading();
    const { state, numbers } = source(1_000_000);
    await invoke.linger({ numbers, after: 2 });
    await eventually('its reader knows', () => seen.at(-1) === 'threw AbortError');
    assert.deepEqual(seen.slice(0, 2), ['read 1', 'read 2']);
    await eventually('the source is told', () => state.closed);
  });

  it('that came whole before its answer can be read beyond it', async () => {
    const { invoke, seen, stats } = reading();
    const call = invoke.linger({ numbers: source(3).numbers, after: 1 });
    await call;
    await eventually('it was read', () => seen.length === 4);
    assert.deepEqual(seen, ['read 1', 'read 2', 'read 3', 'read it all']);
    assert.equal(stats().channels, 0);
  });

  it('whose item cannot be cloned rejects its call with NOT_CLONEABLE, and is closed', async () => {
    const { invoke, stats, core } = reading();
    let closed = false;
    async function* numbers() {
      try {
        yield 1;
        yield (() => 2) as never;
        for (;;) yield 3;
      } finally {
        closed = true;
      }
    }
    assert.equal((await rejection(invoke.sum({ numbers: numbers() }))).code, 'NOT_CLONEABLE');
    await eventually('the source is told', () => closed);
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
  });

  it('that has ended with such an item rejects its call with NOT_CLONEABLE all the same', async () => {
    const { invoke, stats, core } = reading();
    async function* numbers() {
      yield (() => 2) as never;
    }
    const error = await rejection(invoke.sum({ numbers: numbers() }));
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.include(error.message, 'item of a stream');
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
  });

  it('is cancelled with the reason of the signal that aborts its call, whether it has been sent or not', async () => {
    const { invoke } = reading();
    const reasons: unknown[] = [];
    const body = (): ReadableStream<number> => new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
    const why = new Error('not needed any more');
    const unsent = await rejection(invoke.sum({ numbers: body() }, { signal: AbortSignal.abort(why) }));
    assert.strictEqual(unsent as unknown, why);
    assert.deepEqual(reasons, [why]);
    const controller = new AbortController();
    const sent = rejection(invoke.sum({ numbers: body() }, { signal: controller.signal }));
    await invoke.ping();
    controller.abort(why);
    await sent;
    await eventually('the source is told', () => reasons.length === 2);
    assert.strictEqual(reasons[1], why);
  });

  it('whose item holds what no schema should meet rejects its call', async () => {
    const { invoke } = reading();
    const evil = JSON.parse('{"__proto__": {"polluted": true}}') as never;
    async function* numbers() {
      yield evil;
      await new Promise(() => {});
    }
    assert.equal((await rejection(invoke.sum({ numbers: numbers() }))).code, 'INVALID_ARGUMENTS');
  });

  it('that somebody else reads already rejects its call', async () => {
    const { invoke } = reading();
    const numbers = new ReadableStream<number>();
    numbers.getReader();
    assert.equal((await rejection(invoke.sum({ numbers }))).name, 'TypeError');
  });

  it('of a refused call is closed', async () => {
    const { invoke, stats, core } = reading();
    const { state, numbers } = source(1_000_000);
    const name = 'nothing' as never;
    assert.equal((await rejection((invoke as unknown as (name: string, args: unknown) => Promise<unknown>)(name, numbers))).code, 'COMMAND_NOT_FOUND');
    await eventually('the source is told', () => state.closed);
    assert.equal(await invoke.ping(), 'pong');
    assert.deepEqual([stats().channels, core.stats().channels, core.stats().violations], [0, 0, 0]);
  });

  it('is given up in the core when its client goes in the middle', async () => {
    const { invoke, close, seen } = reading();
    async function* numbers() {
      yield 1;
      await new Promise(() => {});
    }
    const call = rejection(invoke.reads(numbers()));
    await eventually('the first item was read', () => seen.length === 1);
    close();
    assert.equal((await call).code, 'CONNECTION_LOST');
    await eventually('the handler knows', () => seen.length === 2);
    assert.deepEqual(seen, ['read 1', 'threw AbortError']);
  });

  it('moves items that are marked to transfer', async () => {
    const { invoke } = reading();
    const chunk = new Uint8Array(10);
    async function* body() {
      yield transfer(chunk, [chunk.buffer]);
    }
    assert.deepEqual(await invoke.size({ files: [{ name: 'one', body: body() }] }), [{ name: 'one', size: 10 }]);
    assert.equal(chunk.byteLength, 0);
  });
});
