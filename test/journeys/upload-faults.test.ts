/** Streams as arguments that fail, are refused, given up or cut off: their calls say why, their sources are told, nothing stays. */
import { assert } from 'chai';
import { Channel } from 'corral';
import { eventually, rejection } from '../support/corral.ts';
import { reading, source } from './reading.ts';

describe('a stream as an argument', () => {
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

  it('that waits is closed when the stream that it feeds is left: the generator runs its finally', async () => {
    const { invoke, seen, stats, core } = reading();
    let closed = false;
    const numbers = new ReadableStream<number>({ start: (controller) => controller.enqueue(1), cancel: () => void (closed = true) });
    const answer = (await invoke.relay({ numbers })).getReader();
    assert.equal((await answer.read()).value, 1);
    await answer.cancel();
    await eventually('the source is told', () => closed);
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
    assert.deepEqual(seen, ['finally']);
  });

  it('that waits is closed when the last of the streams that its call answered is left', async () => {
    const { invoke, seen, stats, core } = reading();
    let closed = 0;
    const waiting = () => new ReadableStream<number>({ start: (controller) => controller.enqueue(1), cancel: () => void closed++ });
    const readers = (await invoke.twin([waiting(), waiting()])).map((stream) => (stream as unknown as ReadableStream<number>).getReader());
    for (const reader of readers) assert.equal((await reader.read()).value, 1);
    for (const reader of readers) await reader.cancel();
    await eventually('the sources are told', () => closed === 2);
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
    assert.deepEqual(seen, ['finally', 'finally']);
  });

  it('may be a duplex channel, for that matter', async () => {
    const { invoke, seen, stats, core } = reading();
    const channel = new Channel<number, number>();
    const call = invoke.chat(channel);
    await channel.send(1);
    for await (const number of await call) if (number === 1) break;
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
    assert.deepEqual(seen, ['finally']);
    assert.isTrue(channel.closed);
  });

  it('is closed when its call is aborted at any time, though the answer is under way already', async () => {
    const { invoke, stats, core } = reading();
    const endless = async function* () {
      for (let number = 0; ; number++) yield number;
    };
    for (let round = 0; round < 60; round++) {
      const controller = new AbortController();
      const call = invoke.relay({ numbers: endless() }, { signal: controller.signal }).catch(() => {});
      for (let turn = 0; turn < round % 20; turn++) await Promise.resolve();
      if (round % 3 === 2) await invoke.ping();
      controller.abort();
      await call;
    }
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
  });

  it('is looked for in a refused argument once for each object, however many ways lead to it', async () => {
    const { invoke } = reading();
    let shared: unknown = [1];
    for (let level = 0; level < 31; level++) shared = [shared, shared];
    // Two thousand million ways.
    assert.equal((await rejection(invoke.ignore(shared as never))).code, 'OVERLOADED');
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
});
