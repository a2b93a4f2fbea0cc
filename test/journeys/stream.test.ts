/** Answers that come bit by bit: validated, in order, as fast as they are read. */
import { assert } from 'chai';
import { command, createCore, transfer } from 'corral/core';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { litterAbout } from '../support/garbage.ts';
import { unique } from '../support/unique.ts';
import { all, counting } from './counting.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

describe('a stream as an answer', () => {
  it('gives every item of an async generator in order, and ends', async () => {
    const { invoke, seen, stats, core } = counting();
    const stream = await invoke.count(1_000);
    assert.instanceOf(stream, ReadableStream);
    assert.deepEqual(await all(stream), Array.from({ length: 1_000 }, (_, i) => i));
    assert.deepEqual(seen, ['end', 'finally']);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('can be empty', async () => {
    const { invoke } = counting();
    assert.deepEqual(await all(await invoke.count(0)), []);
  });

  it('comes from a ReadableStream or an async iterable as well, also without a schema', async () => {
    const { invoke } = counting();
    assert.deepEqual(await all(await invoke.readable()), [0, 1, 2, 3, 4]);
    assert.deepEqual(await all(await invoke.iterable()), [1, 2]);
    assert.deepEqual(await all(await invoke.untyped(2)), [{ i: 0 }, { i: 1 }]);
  });

  it('may be part of an answer, however deep', async () => {
    const { invoke } = counting();
    const { name, rows, deep } = await invoke.nested();
    assert.equal(name, 'letters');
    assert.deepEqual(await all(rows), ['a', 'b']);
    assert.deepEqual(await all(deep[0]?.more as AsyncIterable<string>), ['a', 'b']);
  });

  it('that is not read suspends its generator within one window', async () => {
    const { invoke, produced, seen } = counting();
    const stream = await invoke.count(10_000_000);
    await invoke.ping();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.isAtMost(produced(), 257);
    await stream.cancel();
    await eventually('the generator ran its finally', () => seen.includes('finally'));
  });

  it('left by `break` runs the generator\'s finally, and both sides forget it', async () => {
    const { invoke, seen, stats, core, produced } = counting();
    for await (const item of await invoke.count(10_000_000)) if (item === 100) break;
    await eventually('the generator ran its finally', () => seen.includes('finally'));
    assert.deepEqual(seen, ['finally']);
    assert.isBelow(produced(), 600);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('that is cancelled aborts the signal of its handler, also in the middle of a wait', async () => {
    const { invoke, seen } = counting();
    const reader = (await invoke.waits()).getReader();
    assert.equal((await reader.read()).value, 'first');
    await reader.cancel();
    await eventually('the generator ran its finally', () => seen.length > 0);
    assert.deepEqual(seen, ['finally AbortError']);
  });

  it("fails with the signal's reason when the call's signal aborts later", async () => {
    const { invoke, seen } = counting();
    const controller = new AbortController();
    const stream = await invoke.waits(undefined, { signal: controller.signal });
    const reader = stream.getReader();
    await reader.read();
    const next = rejection(reader.read());
    controller.abort(new TypeError('enough'));
    assert.equal((await next).message, 'enough');
    await eventually('the generator ran its finally', () => seen.length > 0);
    assert.deepEqual(seen, ['finally AbortError']);
  });

  it('fails with a declared error, typed, after every item before it', async () => {
    const { invoke } = counting();
    const items: number[] = [];
    const error = await rejection((async () => {
      for await (const item of await invoke.fails(3)) items.push(item);
    })());
    assert.deepEqual(items, [0, 1, 2]);
    assert.equal(error.code, 'EMPTY');
    assert.deepEqual(error.details as unknown, { after: 3 });
  });

  it('fails with COMMAND_FAILED when its generator throws, and keeps the reason', async () => {
    const { invoke, seen } = counting();
    const error = await rejection(all(await invoke.throws()));
    assert.equal(error.code, 'COMMAND_FAILED');
    assert.notInclude(error.message, 'secret');
    assert.deepEqual(seen, ['reported a secret']);
  });

  it('fails with INVALID_RESULT at an item that `yields` refuses, and runs the finally', async () => {
    const { invoke, seen } = counting();
    const error = await rejection(all(await invoke.wrong()));
    assert.equal(error.code, 'INVALID_RESULT');
    assert.include(seen, 'finally');
  });

  it('is insisted on where `yields` is declared: anything else was judged by nobody', async () => {
    const { invoke, seen } = counting();
    for (const answer of [{ secret: 1 }, [1, 2], 5, null, undefined, 'text']) {
      assert.equal((await rejection(invoke.noStream(answer))).code, 'INVALID_RESULT', String(answer));
    }
    assert.lengthOf(seen, 6, 'the author is told');
  });

  it('fails with NOT_CLONEABLE at an item that cannot cross, after those before it', async () => {
    const { invoke, seen, core } = counting();
    const items: unknown[] = [];
    const error = await rejection((async () => {
      for await (const item of await invoke.uncloneable()) items.push(item);
    })());
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.deepEqual(items, [1]);
    await eventually('the generator ran its finally', () => seen.includes('finally'));
    assert.equal(core.stats().channels, 0);
  });

  it('ends with CONNECTION_LOST when the core stops, after what came before', async () => {
    const { invoke, stop, seen, stats } = counting();
    const reader = (await invoke.waits()).getReader();
    await reader.read();
    const next = rejection(reader.read());
    stop();
    assert.equal((await next).code, 'CONNECTION_LOST');
    await eventually('the generator ran its finally', () => seen.length > 0);
    assert.equal(stats().channels, 0);
  });

  it('is given up in the core when its client goes', async () => {
    const { invoke, close, seen, core } = counting();
    await (await invoke.waits()).getReader().read();
    close();
    await eventually('the generator ran its finally', () => seen.length > 0);
    assert.equal(core.stats().channels, 0);
  });

  it('answered to a call that was cancelled meanwhile is stopped', async () => {
    const { invoke, seen, core, stats } = counting();
    await invoke.ping();
    const controller = new AbortController();
    const call = rejection(invoke.waits(undefined, { signal: controller.signal }));
    await Promise.resolve();
    await Promise.resolve();
    controller.abort();
    await call;
    await invoke.ping();
    await eventually('nothing is open', () => core.stats().channels + stats().channels === 0);
    assert.equal(stats().strays, 0);
    atEnd(() => seen);
  });

  it('that everybody has forgotten is given up when it is collected', async () => {
    const { invoke, seen } = counting();
    for (let i = 0; i < 30; i++) await (await invoke.count(1_000)).getReader().read();
    await eventually('some were collected', async () => {
      await litterAbout();
      return seen.length > 0;
    });
    assert.include(seen, 'finally');
  });

  it('that is being read is never given up, however much is collected meanwhile', async () => {
    const { invoke } = open<Workshop>(() => startWorkshop(), { version: '2' });
    let read = 0;
    for await (const item of await invoke.numbers(20_000)) {
      assert.equal(item, read++);
      if (read % 2_000 === 0) await litterAbout();
    }
    assert.equal(read, 20_000);
    const reader = (await invoke.numbers(20_000)).getReader();
    for (read = 0; !(await reader.read()).done; read++) if (read % 2_000 === 0) await litterAbout();
    assert.equal(read, 20_000);
  });

  it('goes on beside a thousand others', async () => {
    const { invoke, core, stats } = counting();
    const streams = await Promise.all(Array.from({ length: 1_000 }, () => invoke.count(70)));
    const items = await Promise.all(streams.map(all));
    assert.isTrue(items.every(({ length }) => length === 70));
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('over the limit of channels is refused with OVERLOADED, and its source is told', async () => {
    let cancelled = 0;
    const core = createCore({
      name: unique(),
      commands: { open: command({ handler: () => new ReadableStream({ cancel: () => void cancelled++ }, { highWaterMark: 0 }) }) },
      limits: { channels: 2 },
    });
    const { invoke } = openInProcess(core);
    const [one] = await Promise.all([invoke.open(), invoke.open()]);
    const error = await rejection(invoke.open());
    assert.equal(error.code, 'OVERLOADED');
    assert.deepEqual(error.details as unknown, { limit: 'channels', allowed: 2 });
    assert.equal(cancelled, 1);
    await one.cancel();
    await eventually('there is room again', () => core.stats().channels === 1);
    await invoke.open();
  });

  it('moves the chunks of a byte stream instead of copying them', async () => {
    const chunks = [new Uint8Array(1_000).fill(1), new Uint8Array(new ArrayBuffer(5_000), 1_000, 10).fill(2)];
    const core = createCore({
      name: unique(),
      commands: {
        bytes: command({
          handler: () =>
            new ReadableStream<Uint8Array>({
              start(controller) {
                for (const chunk of chunks) controller.enqueue(chunk);
                controller.close();
              },
            }),
        }),
      },
    });
    const { invoke } = openInProcess(core);
    const [first, second] = await all(await invoke.bytes());
    assert.deepEqual(first, new Uint8Array(1_000).fill(1));
    assert.deepEqual(second, new Uint8Array(10).fill(2));
    assert.equal(second?.buffer.byteLength, 10, 'a view takes only its part of a larger buffer along');
    assert.equal(chunks[0]?.byteLength, 0, 'the chunk was moved');
  });

  it('may be read without a window of copies: at most 16 MB of chunks are under way', async () => {
    let produced = 0;
    const core = createCore({
      name: unique(),
      commands: {
        bytes: command({
          async *handler() {
            for (;;) {
              produced++;
              const chunk = new Uint8Array(1024 * 1024);
              yield transfer(chunk, [chunk.buffer]);
            }
          },
        }),
      },
    });
    const { invoke } = openInProcess(core);
    const stream = await invoke.bytes();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.isAtMost(produced, 17);
    await stream.cancel();
  });
});
