/** The files demo: its line index, its store and its search, beside the plainest way to do the same; and its core, in a worker. */
import { assert } from 'chai';
import { Channel, isCorralError, release } from 'corral';
import * as fc from 'fast-check';
import type { Files } from '../../demo/files/core.ts';
import { createLineIndex } from '../../demo/files/line-index.ts';
import { linesFrom, linesWith, type Text } from '../../demo/files/lines.ts';
import { sample } from '../../demo/files/sample.ts';
import { createStore } from '../../demo/files/store.ts';
import { eventually, open, rejection } from '../support/corral.ts';

const encoder = new TextEncoder();
const never = new AbortController().signal;

describe('the line index', () => {
  it('counts lines as they are seen: a last one without an end too', () => {
    const linesOf = (...chunks: string[]): number => {
      const index = createLineIndex();
      for (const chunk of chunks) index.add(encoder.encode(chunk));
      return index.lines;
    };
    assert.equal(linesOf(), 0);
    assert.equal(linesOf(''), 0);
    assert.equal(linesOf('\n'), 1);
    assert.equal(linesOf('a'), 1);
    assert.equal(linesOf('a\nb', '\n'), 2);
    assert.equal(linesOf('a\n', '\n', 'c'), 3);
  });

  it('stays as small as it is, and still knows a line near each', () => {
    const index = createLineIndex();
    const lines = 300_000;
    for (let line = 0; line < lines; line += 1_000) index.add(encoder.encode('12345\n'.repeat(1_000)));
    assert.equal(index.lines, lines);
    assert.equal(index.memory, 65_536 * 8);
    assert.equal(index.step, 8);
    for (const line of [0, 7, 8, 65_536, 299_999]) {
      const { line: before, at } = index.before(line);
      assert.equal(at, before * 6);
      assert.isAtMost(line - before, 7);
      assert.isAtLeast(line - before, 0);
    }
  });
});

describe('the lines of a text', () => {
  const characters = fc.string({ unit: fc.constantFrom('a', 'b', 'ß', '猫', '🐎', '\n', '\r\n', ' '), maxLength: 200 });

  it('come back as they were, from any on, however the text came in', () =>
    fc.assert(
      fc.asyncProperty(characters, fc.integer({ min: 1, max: 9 }), fc.nat(20), fc.nat(20), async (text, size, from, count) => {
        const read = await collect(linesFrom(await textOf(text, size), from, count, never));
        const expected = plain(text).slice(from, from + count).map((line, n) => ({ line: from + n, text: line, cut: 0 }));
        assert.deepEqual(read, expected);
      }),
    ));

  it('are found by what they contain, each once', () =>
    fc.assert(
      fc.asyncProperty(characters, fc.constantFrom('a', 'ab', 'ß', '猫', '🐎a', ' b'), async (text, needle) => {
        const found = await collect(linesWith(await textOf(text, 7), needle, never));
        const expected = text.split('\n').flatMap((line, n) => (line.includes(needle) ? [n] : []));
        assert.deepEqual(found, expected);
      }),
    ));

  it('are found across the blocks that are read', async () => {
    const line = `${'x'.repeat(99_997)}ny\n`;
    const text = line.repeat(22);
    assert.deepEqual(await collect(linesWith(await textOf(text, 300_000), 'ny', never)), Array.from({ length: 22 }, (_, n) => n));
    const split = `${'x'.repeat(1024 * 1024 - 1)}needle\n`;
    assert.deepEqual(await collect(linesWith(await textOf(split, 500_000), 'needle', never)), [0]);
  });

  it('are cut where they are very long, and never inside a character', async () => {
    const [line] = await collect(linesFrom(await textOf(`ab${'猫'.repeat(1_000)}`, 4_096), 0, 1, never));
    assert.deepEqual(line, { line: 0, text: `ab${'猫'.repeat(332)}`, cut: 2_002 });
  });
});

describe('the core of the files demo', () => {
  const connected = () => open<Files>(() => new Worker(new URL('../../demo/files/core.ts', import.meta.url), { type: 'module' })).invoke;

  it('hashes and indexes what streams in, and gives its lines back as a stream', async () => {
    const invoke = connected();
    const size = 2_500_000;
    const told: number[] = [];
    const progress = new Channel<{ bytes: number; lines: number }, number>(({ bytes }) => told.push(bytes));
    const chunks = [...sample(size)];
    const whole = new Uint8Array(await new Blob(chunks).arrayBuffer());
    const { id, digest, lines, handle } = await invoke.open({ body: streamOf(chunks), progress });
    assert.equal(digest, await sha256(whole));
    assert.equal(told.at(-1), size);
    assert.equal(await handle.verify(), digest);
    const expected = plain(new TextDecoder().decode(whole));
    assert.equal(lines, expected.length);
    const read = await collect(await invoke.lines({ id, from: lines - 3, count: 100 }));
    assert.deepEqual(read.map(({ text }) => text), expected.slice(-3));
    const held = await invoke.holds();
    assert.equal(held.disk + held.memory, size);
    release(handle);
  });

  it('lets nobody read a file that was closed', async () => {
    const invoke = connected();
    const { id, handle } = await invoke.open({ body: streamOf([encoder.encode('one\ntwo\n')]), progress: silent() });
    const found = await collect(await invoke.find({ id, text: 'two' }));
    assert.deepEqual(found, [1]);
    release(handle);
    const closed = (error: unknown): boolean => isCorralError(error) && error.code === 'FILE_CLOSED';
    await eventually('the file is closed', () => invoke.lines({ id, from: 0, count: 1 }).then((lines) => lines.cancel(), closed));
    assert.deepEqual(await invoke.holds(), { files: 0, disk: 0, memory: 0, indexes: 0, step: 0 });
  });

  it('keeps nothing of a file that was cancelled, or that failed', async () => {
    const invoke = connected();
    const stop = new AbortController();
    const progress = new Channel<{ bytes: number; lines: number }, number>(() => stop.abort());
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: (controller) => controller.enqueue(new Uint8Array(1_000)) });
    assert.equal((await rejection(invoke.open({ body: endless, progress }, { signal: stop.signal }))).name, 'AbortError');
    const failing = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: (controller) => controller.error(new RangeError('unreadable')) });
    assert.equal((await rejection(invoke.open({ body: failing, progress: silent() }))).message, 'unreadable');
    assert.equal((await invoke.holds()).files, 0);
  });
});

function silent(): Channel<{ bytes: number; lines: number }, number> {
  return new Channel();
}

async function textOf(text: string, chunkSize: number): Promise<Text> {
  // A test runs on a page, where there are no handles: in memory.
  const [store, index] = [await createStore(), createLineIndex()];
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const chunk = bytes.slice(at, at + chunkSize);
    store.append(chunk);
    index.add(chunk);
  }
  return { store, index };
}

/** The lines without their ends. */
function plain(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return text.endsWith('\n') || text === '' ? lines.slice(0, -1) : lines;
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function streamOf(chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const copies = chunks.map((chunk) => chunk.slice());
  return new ReadableStream({
    pull(controller) {
      const chunk = copies.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
