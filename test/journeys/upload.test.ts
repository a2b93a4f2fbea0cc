/** Streams as arguments: what the page produces, the core reads as fast as it likes. */
import { assert } from 'chai';
import { transfer } from 'corral';
import { eventually, rejection } from '../support/corral.ts';
import { reading, source } from './reading.ts';

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
    const { invoke, core } = reading();
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
    await eventually('it is there', () => core.stats().channels === 1);
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

  it('that came whole before its answer can be read beyond it', async () => {
    const { invoke, seen, stats } = reading();
    const call = invoke.linger({ numbers: source(3).numbers, after: 1 });
    await call;
    await eventually('it was read', () => seen.length === 4);
    assert.deepEqual(seen, ['read 1', 'read 2', 'read 3', 'read it all']);
    assert.equal(stats().channels, 0);
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
