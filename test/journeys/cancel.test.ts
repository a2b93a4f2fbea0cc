/** Giving up on a call: by signal or by time, before, during and after it; the handler learns of it. */
import { assert } from 'chai';
import { command, createCore } from 'corral/core';
import * as v from 'valibot';
import { eventually, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

/** A core that notes what its handlers see. */
function watched(options: { setup?: () => unknown } = {}) {
  const seen: string[] = [];
  const core = createCore({
    ...options,
    name: unique(),
    commands: {
      wait: command({
        args: v.optional(v.string()),
        handler: (name = 'wait', { signal }) => {
          seen.push(`${name} started`);
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              seen.push(`${name} ${(signal.reason as Error).name}`);
              reject(signal.reason as Error);
            });
          });
        },
      }),
      stubborn: command({ handler: async () => { await new Promise((resolve) => setTimeout(resolve, 30)); seen.push('stubborn finished'); return 'ignored'; } }),
      ping: command({ handler: () => 'pong' }),
    },
  });
  return { ...openInProcess(core), core, seen };
}

describe('aborting a call', () => {
  it("rejects at once with the signal's own reason", async () => {
    const { invoke, stats } = watched();
    await invoke.ping();
    for (const reason of ['enough', new TypeError('mine'), null, 0]) {
      const controller = new AbortController();
      const call = invoke.wait('x', { signal: controller.signal }).then(() => assert.fail('It resolved'), (error: unknown) => error);
      controller.abort(reason);
      assert.strictEqual(await call, reason);
      assert.equal(stats().calls, 0);
    }
  });

  it('rejects with an AbortError where no reason is given', async () => {
    const { invoke } = watched();
    const controller = new AbortController();
    const call = rejection(invoke.wait('x', { signal: controller.signal }));
    controller.abort();
    const error = await call;
    assert.instanceOf(error, DOMException);
    assert.equal(error.name, 'AbortError');
  });

  it('before it is made sends nothing', async () => {
    const { invoke, seen, stats } = watched();
    await invoke.ping();
    assert.equal(await rejection(invoke.wait('x', { signal: AbortSignal.abort('too late') })) as unknown, 'too late');
    assert.equal(stats().calls, 0);
    await invoke.ping();
    assert.deepEqual(seen, []);
  });

  it('while it waits for the core to come up takes it back: the handler never runs', async () => {
    const { invoke, seen } = watched({ setup: () => new Promise((resolve) => setTimeout(resolve, 50)) });
    const controller = new AbortController();
    const call = rejection(invoke.wait('gone', { signal: controller.signal }));
    const kept = invoke.ping();
    controller.abort();
    assert.equal((await call).name, 'AbortError');
    assert.equal(await kept, 'pong');
    assert.deepEqual(seen, []);
  });

  it('in the tick it was made still reaches the handler, which sees both', async () => {
    const { invoke, seen } = watched();
    await invoke.ping();
    const controller = new AbortController();
    const call = rejection(invoke.wait('brief', { signal: controller.signal }));
    controller.abort();
    await call;
    await invoke.ping();
    assert.deepEqual(seen, ['brief started', 'brief AbortError']);
  });

  it("while it runs aborts the handler's signal and frees its place", async () => {
    const { invoke, seen, core } = watched();
    const controller = new AbortController();
    const call = rejection(invoke.wait('job', { signal: controller.signal }));
    await eventually('the handler started', () => seen.length === 1);
    assert.equal(core.stats().calls, 1);
    controller.abort('private words');
    await call;
    await eventually('the handler was told', () => seen.length === 2);
    assert.deepEqual(seen, ['job started', 'job AbortError'], 'the reason itself does not cross');
    assert.equal(core.stats().calls, 0);
  });

  it('whose handler does not care drops the answer, which counts as no stray', async () => {
    const { invoke, seen, stats, core } = watched();
    const controller = new AbortController();
    await invoke.ping();
    const call = rejection(invoke.stubborn(undefined, { signal: controller.signal }));
    await invoke.ping();
    controller.abort();
    await call;
    assert.equal(core.stats().calls <= 1, true);
    await eventually('the handler finished', () => seen.includes('stubborn finished'));
    await invoke.ping();
    assert.deepEqual([stats().calls, stats().strays, core.stats().calls], [0, 0, 0]);
  });

  it('after it was answered does nothing', async () => {
    const { invoke, stats, core } = watched();
    const controller = new AbortController();
    assert.equal(await invoke.ping(undefined, { signal: controller.signal }), 'pong');
    controller.abort();
    assert.equal(await invoke.ping(), 'pong');
    assert.equal(stats().strays, 0);
    assert.equal(core.stats().violations, 0);
  });

  it('ends every call of one signal and no other', async () => {
    const { invoke, seen } = watched();
    const [one, two] = [new AbortController(), new AbortController()];
    const ended = ['a', 'b', 'c'].map((name) => rejection(invoke.wait(name, { signal: one.signal })));
    const other = rejection(invoke.wait('d', { signal: two.signal }));
    await invoke.ping();
    one.abort();
    await Promise.all(ended);
    await invoke.ping();
    assert.sameMembers(seen.slice(4), ['a AbortError', 'b AbortError', 'c AbortError']);
    two.abort();
    await other;
  });

  it('leaves no listener on a signal that lives on', async () => {
    const { invoke } = watched();
    let listening = 0;
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listening++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listening--, remove(...args));
    await Promise.all(Array.from({ length: 50 }, () => invoke.ping(undefined, { signal })));
    await rejection((invoke as unknown as (name: string, args: undefined, options: object) => Promise<unknown>)('nothing', undefined, { signal }));
    await rejection(invoke.wait('t', { signal, timeout: 1 }));
    assert.equal(listening, 0);
  });

  it('while an asynchronous schema judges its argument means that the handler never starts', async () => {
    let runs = 0;
    let judging: (() => void) | undefined;
    const args = v.pipeAsync(v.string(), v.checkAsync(() => new Promise<boolean>((resolve) => (judging = () => resolve(true)))));
    const core = createCore({ name: unique(), commands: { slow: command({ args, handler: () => ++runs }), ping: command({ handler: () => 1 }) } });
    const { invoke } = openInProcess(core);
    const controller = new AbortController();
    const call = rejection(invoke.slow('x', { signal: controller.signal }));
    await eventually('the schema runs', () => judging);
    controller.abort();
    await call;
    await invoke.ping();
    judging?.();
    await invoke.ping();
    assert.equal(runs, 0);
  });
});

describe('a timeout', () => {
  it("rejects with a TimeoutError, and the handler's signal says so too", async () => {
    const { invoke, seen } = watched();
    await invoke.ping();
    const error = await rejection(invoke.wait('job', { timeout: 20 }));
    assert.instanceOf(error, DOMException);
    assert.equal(error.name, 'TimeoutError');
    assert.include(error.message, '20');
    await eventually('the handler was told', () => seen.length === 2);
    assert.deepEqual(seen, ['job started', 'job TimeoutError']);
  });

  it('of the connection applies to every call that sets none of its own', async () => {
    const core = createCore({ name: unique(), commands: { slow: command({ handler: () => new Promise((resolve) => setTimeout(resolve, 80, 'slow')) }) } });
    const { invoke } = openInProcess(core, { timeout: 20 });
    assert.equal((await rejection(invoke.slow())).name, 'TimeoutError');
    assert.equal(await invoke.slow(undefined, { timeout: 5000 }), 'slow');
    assert.equal(await invoke.slow(undefined, { timeout: Infinity }), 'slow');
  });

  it('runs also while the call waits for the core', async () => {
    const { invoke, seen } = watched({ setup: () => new Promise((resolve) => setTimeout(resolve, 60)) });
    assert.equal((await rejection(invoke.wait('late', { timeout: 10 }))).name, 'TimeoutError');
    assert.equal(await invoke.ping(), 'pong');
    assert.deepEqual(seen, []);
  });

  it('longer than a timer can hold does not fire at once', async () => {
    const { invoke } = watched();
    for (const timeout of [2 ** 31, 1e12, Infinity]) assert.equal(await invoke.ping(undefined, { timeout }), 'pong');
  });

  it('and a signal together: the first one wins, the other does nothing', async () => {
    const { invoke, seen } = watched();
    await invoke.ping();
    const controller = new AbortController();
    assert.equal((await rejection(invoke.wait('t', { timeout: 10, signal: controller.signal }))).name, 'TimeoutError');
    controller.abort();
    const other = new AbortController();
    const call = rejection(invoke.wait('s', { timeout: 30, signal: other.signal }));
    other.abort('first');
    assert.equal(await call as unknown, 'first');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await invoke.ping();
    assert.deepEqual(seen, ['t started', 't TimeoutError', 's started', 's AbortError']);
  });
});
