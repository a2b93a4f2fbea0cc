/** A handler that fails: what its caller is told, what only the core's author is told. */
import { assert } from 'chai';
import { CorralError } from 'corral';
import { command, createCore, event, type OnError } from 'corral/core';
import * as v from 'valibot';
import { atEnd, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

/** A core whose one command throws what it is given a key for, and what its author was told. */
function throwing(thrown: Record<string, unknown>, options: { exposeErrors?: boolean } = {}) {
  const told: { error: unknown; about: Parameters<OnError>[1] }[] = [];
  const core = createCore({
    ...options,
    name: unique(),
    onError: (error, about) => told.push({ error, about }),
    commands: {
      now: command({ args: v.string(), handler: (key) => { throw thrown[key]; } }),
      later: command({ args: v.string(), handler: async (key) => { await Promise.resolve(); throw thrown[key]; } }),
    },
  });
  return { ...openInProcess(core, { label: 'desk' }), told };
}

describe('a handler that throws', () => {
  it('is COMMAND_FAILED for its caller, without its words', async () => {
    const { invoke } = throwing({ a: new Error('password is 1234') });
    for (const call of [() => invoke.now('a'), () => invoke.later('a')]) {
      const error = await rejection(call());
      assert.instanceOf(error, CorralError);
      assert.equal(error.code, 'COMMAND_FAILED');
      assert.equal(error.side, 'core');
      assert.match((error.details as { command: string } | undefined)?.command ?? '', /^(now|later)$/);
      assert.notInclude(`${error.message}${JSON.stringify(error.details)}${String(error.cause)}`, '1234');
    }
  });

  it('is told in full to onError, with the command and the client', async () => {
    const thrown = new RangeError('password is 1234');
    const { invoke, told } = throwing({ a: thrown });
    await rejection(invoke.now('a'));
    assert.lengthOf(told, 1);
    assert.strictEqual(told[0]?.error, thrown);
    assert.equal(told[0]?.about.command, 'now');
    assert.equal(told[0]?.about.client?.label, 'desk');
    assert.match(told[0]?.about.client?.id ?? '', /^[0-9a-z]+(-[0-9a-z]+){3}$/);
  });

  it('lets its words cross when the core says exposeErrors, but never its stack', async () => {
    const { invoke } = throwing({ a: new Error('the disk is full') }, { exposeErrors: true });
    const error = await rejection(invoke.later('a'));
    assert.equal(error.code, 'COMMAND_FAILED');
    assert.include(error.message, 'the disk is full');
    assert.notInclude(`${error.message}${JSON.stringify(error.details)}`, 'failures.test');
  });

  it('may throw anything, and the caller always gets an answer', async () => {
    const hostile = { get message(): string { throw new Error('no'); } };
    const thrown = { nothing: undefined, nil: null, text: 'just text', symbol: Symbol('s'), number: 0, hostile, long: new Error('x'.repeat(100_000)), fn: () => {} };
    for (const exposeErrors of [false, true]) {
      const { invoke } = throwing(thrown, { exposeErrors });
      for (const key of Object.keys(thrown)) {
        const error = await rejection(invoke.now(key));
        assert.equal(error.code, 'COMMAND_FAILED', key);
        assert.isBelow(error.message.length, 2000, key);
      }
    }
  });

  it('without onError tells the console', async () => {
    const { error: original } = console;
    const said: unknown[][] = [];
    console.error = (...words: unknown[]) => void said.push(words);
    atEnd(() => (console.error = original));
    const core = createCore({ name: unique(), commands: { bad: command({ handler: () => { throw new Error('why'); } }) } });
    await rejection(openInProcess(core).invoke.bad());
    assert.lengthOf(said, 1);
    assert.include(said[0]?.map(String).join(' '), 'why');
    assert.include(said[0]?.map(String).join(' '), 'bad');
  });

  it('is answered also when onError itself throws', async () => {
    const { error: original } = console;
    console.error = () => {};
    atEnd(() => (console.error = original));
    const core = createCore({
      name: unique(),
      onError: () => { throw new Error('the logger is down'); },
      commands: { bad: command({ handler: () => { throw new Error('why'); } }), good: command({ handler: () => 1 }) },
    });
    const { invoke } = openInProcess(core);
    assert.equal((await rejection(invoke.bad())).code, 'COMMAND_FAILED');
    assert.equal(await invoke.good(), 1);
  });

  it('because its caller cancelled is no failure, and onError is not called', async () => {
    const told: unknown[] = [];
    const core = createCore({
      name: unique(),
      onError: (error) => told.push(error),
      commands: {
        wait: command({ handler: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))) }),
        ping: command({ handler: () => 1 }),
      },
    });
    const { invoke } = openInProcess(core);
    const controller = new AbortController();
    const call = rejection(invoke.wait(undefined, { signal: controller.signal }));
    await invoke.ping();
    controller.abort();
    await call;
    await invoke.ping();
    assert.isEmpty(told);
  });
});

describe('a declared error', () => {
  const NOTES_FULL = v.object({ limit: v.number() });

  it('reaches the caller with its code and its details', async () => {
    const told: unknown[] = [];
    const core = createCore({
      name: unique(),
      onError: (error) => told.push(error),
      commands: {
        now: command({ errors: { NOTES_FULL }, handler: (_, { fail }) => fail('NOTES_FULL', { limit: 10 }) }),
        later: command({ errors: { NOTES_FULL }, handler: async (_, { fail }) => { await Promise.resolve(); fail('NOTES_FULL', { limit: 11 }); } }),
      },
    });
    const { invoke } = openInProcess(core);
    const now = await rejection(invoke.now());
    assert.deepEqual([now.code, now.details, now.side], ['NOTES_FULL', { limit: 10 } as never, 'core']);
    for (const word of ['`now`', 'NOTES_FULL']) assert.include(now.message, word);
    assert.deepEqual((await rejection(invoke.later())).details, { limit: 11 } as never);
    assert.isEmpty(told, 'what a command declares is no failure of the core');
  });

  it('lets only its details cross that its schema lets through', async () => {
    const core = createCore({
      name: unique(),
      commands: { go: command({ errors: { NO: v.object({ why: v.string() }) }, handler: (_, { fail }) => fail('NO', { why: 'x', secret: 'S3CRET' } as never) }) },
    });
    assert.deepEqual((await rejection(openInProcess(core).invoke.go())).details, { why: 'x' } as never);
  });

  it('crosses as its schema gives it, also when that takes its time', async () => {
    const core = createCore({
      name: unique(),
      commands: { go: command({ errors: { NO: v.pipeAsync(v.string(), v.transformAsync(async (text) => Promise.resolve(text.length))) }, handler: (_, { fail }) => fail('NO', 'why') }) },
    });
    const error = await rejection(openInProcess(core).invoke.go());
    assert.deepEqual([error.code, error.details], ['NO', 3 as never]);
  });

  it('with details that its schema refuses is COMMAND_FAILED, and the author learns why', async () => {
    const told: unknown[] = [];
    const core = createCore({
      name: unique(),
      onError: (error) => told.push(error),
      commands: { go: command({ errors: { NOTES_FULL }, handler: (_, { fail }) => fail('NOTES_FULL', { limit: 'many' as never }) }) },
    });
    assert.equal((await rejection(openInProcess(core).invoke.go())).code, 'COMMAND_FAILED');
    assert.include(String(told[0]), 'NOTES_FULL');
  });

  it('that the command does not declare is COMMAND_FAILED, and the author learns its name', async () => {
    const told: unknown[] = [];
    const core = createCore({
      name: unique(),
      onError: (error) => told.push(error),
      commands: {
        go: command({ errors: { NOTES_FULL }, handler: (_, { fail }) => fail('OTHER' as never, {} as never) }),
        inherited: command({ errors: {}, handler: (_, { fail }) => (fail as (code: string) => never)('toString') }),
        ours: command({ handler: () => { throw new CorralError('OVERLOADED', 'pretending to be the gate', { limit: 'calls', allowed: 1 }); } }),
      },
    });
    const { invoke } = openInProcess(core);
    for (const call of [() => invoke.go(), () => invoke.inherited(), () => invoke.ours()]) assert.equal((await rejection(call())).code, 'COMMAND_FAILED');
    assert.include(String(told[0]), 'OTHER');
    assert.lengthOf(told, 3);
  });
});

describe('onError', () => {
  it("hears of a failure that no call waits for: a listener's throw, a setup's, an event that cannot be cloned", async () => {
    const told: { text: string; event: string | undefined }[] = [];
    const core = createCore({
      name: unique(),
      onError: (error, about) => told.push({ text: String(error), event: about.event }),
      events: { tick: event(v.any()) },
      commands: { ping: command({ handler: () => 1 }) },
    });
    const { invoke, listen } = openInProcess(core);
    const stop = core.listen('tick', () => { throw new Error('a listener fell over'); });
    await listen('tick', () => {});
    await core.emit('tick', 1);
    assert.deepEqual(told, [{ text: 'Error: a listener fell over', event: 'tick' }]);
    stop();
    await core.emit('tick', () => {});
    await invoke.ping();
    assert.lengthOf(told, 2);
    assert.include(told[1]?.text, 'tick');
    assert.equal(told[1]?.event, 'tick');
  });

  it('hears which command gave an answer that cannot be cloned, and so does its caller', async () => {
    const told: unknown[] = [];
    const core = createCore({ name: unique(), onError: (_error, { command }) => told.push(command), commands: { odd: command({ handler: () => ({ f: () => 1 }) }), ping: command({ handler: () => 1 }) } });
    const { invoke } = openInProcess(core);
    for (let round = 0; round < 2; round++) {
      const error = await rejection(invoke.odd());
      assert.equal(error.code, 'NOT_CLONEABLE');
      assert.include(error.message, '`odd`');
      assert.include(error.message, '`f`');
    }
    assert.deepEqual(told, ['odd', 'odd']);
  });

  it('hears of a notification whose handler throws, which nobody else ever would', async () => {
    const told: unknown[] = [];
    const core = createCore({ name: unique(), onError: (error) => told.push((error as Error).message), commands: { note: command({ handler: () => { throw new Error('dropped'); } }), ping: command({ handler: () => 1 }) } });
    const { invoke } = openInProcess(core);
    await rejection(invoke.note());
    assert.deepEqual(told, ['dropped']);
  });
});
