/** A call's walk through the rooms, with a real worker. */
import { assert } from 'chai';
import { CorralError } from 'corral';
import type { Notes } from '../support/cores/notes.core.ts';
import { eventually, open, rejection } from '../support/corral.ts';

const notesWorker = (): Worker => new Worker(new URL('../support/cores/notes.core.ts', import.meta.url), { type: 'module' });

describe('invoke', () => {
  it('answers in both forms', async () => {
    const { invoke } = open<Notes>(notesWorker);
    assert.equal(await invoke('greet', { name: 'Ada' }), 'Hello, Ada!');
    assert.equal(await invoke.greet({ name: 'Grace' }), 'Hello, Grace!');
    assert.equal(await invoke.clock.now(), 42);
    assert.equal(await invoke('clock.now'), 42);
  });

  it('refuses an argument that its schema refuses, and says where', async () => {
    const { invoke } = open<Notes>(notesWorker);
    const error = (await rejection(invoke.greet({ name: 1 as never }))) as CorralError<'INVALID_ARGUMENTS'>;
    assert.instanceOf(error, CorralError);
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.deepEqual(error.details.issues[0]?.path, ['name']);
    assert.equal(error.side, 'core');
  });

  it('passes a declared error with its details', async () => {
    const { invoke } = open<Notes>(notesWorker);
    for (const text of ['a', 'b', 'c']) await invoke.notes.add({ text });
    const error = await rejection(invoke.notes.add({ text: 'd' }));
    assert.equal(error.code, 'NOTES_FULL');
    assert.deepEqual(error.details, { limit: 3 } as never);
  });

  it('rejects with the reason of the signal, and the handler learns of it', async () => {
    const { invoke, listen } = open<Notes>(notesWorker);
    const heard: string[] = [];
    await listen('aborted', ({ payload }) => heard.push(payload));
    const controller = new AbortController();
    const call = invoke.sleep({ ms: 60_000 }, { signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 20);
    assert.equal(await rejection(call) as never, 'enough');
    await eventually('the handler saw the abort', () => heard.length === 1);
    assert.equal((await rejection(invoke.sleep({ ms: 60_000 }, { timeout: 30 }))).name, 'TimeoutError');
    await eventually('the handler saw the timeout', () => heard.length === 2);
    assert.deepEqual(heard, ['AbortError', 'TimeoutError']);
  });

  it('moves buffers both ways', async () => {
    const { invoke } = open<Notes>(notesWorker);
    const bytes = new Uint8Array([1, 2, 3]);
    const back = await invoke.upper({ bytes }, { transfer: [bytes.buffer] });
    assert.deepEqual([...back], [1, 2, 3]);
    assert.equal(bytes.length, 0);
  });

  it('rejects every call in flight when the worker is terminated', async () => {
    let worker: Worker | undefined;
    const { invoke } = open<Notes>(() => (worker = notesWorker()), { restart: false });
    await invoke.greet({ name: 'x' });
    const calls = Array.from({ length: 100 }, () => rejection(invoke.sleep({ ms: 60_000 })));
    await new Promise((resolve) => setTimeout(resolve, 20));
    worker?.terminate();
    for (const error of await Promise.all(calls)) assert.equal(error.code, 'CONNECTION_LOST');
    assert.equal((await rejection(invoke.greet({ name: 'x' }))).code, 'CONNECTION_LOST');
  });
});
