/** Middleware, setup and plugins: what surrounds a core's commands. */
import { assert } from 'chai';
import type { CorralError } from 'corral';
import { command, createCore, event, plugin, type MiddlewareCall } from 'corral/core';
import * as v from 'valibot';
import { eventually, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

describe('middleware', () => {
  it('surrounds the handler, the first one outermost', async () => {
    const steps: string[] = [];
    const layer = (name: string) => async (_: MiddlewareCall, next: () => Promise<unknown>) => {
      steps.push(`${name} in`);
      const answer = await next();
      steps.push(`${name} out`);
      return answer;
    };
    const core = createCore({ name: unique(), middleware: [layer('a'), layer('b')], commands: { go: command({ handler: () => (steps.push('handler'), 'gone') }) } });
    assert.equal(await openInProcess(core).invoke.go(), 'gone');
    assert.deepEqual(steps, ['a in', 'b in', 'handler', 'b out', 'a out']);
  });

  it('sees the call: command, validated argument, client, headers and signal', async () => {
    let seen: MiddlewareCall | undefined;
    const core = createCore({
      name: unique(),
      middleware: [(call, next) => ((seen = call), next())],
      commands: { group: { trim: command({ args: v.pipe(v.string(), v.trim()), handler: (text) => text }) } },
    });
    const { invoke } = openInProcess(core, { label: 'desk' });
    assert.equal(await invoke.group.trim('  x ', { headers: { trace: '7' } }), 'x');
    assert.equal(seen?.command, 'group.trim');
    assert.equal(seen?.args, 'x');
    assert.equal(seen?.client.label, 'desk');
    assert.deepEqual({ ...seen?.headers }, { trace: '7' });
    assert.isFalse(seen?.signal.aborted);
  });

  it('may veto: the handler does not run', async () => {
    let runs = 0;
    const told: unknown[] = [];
    const core = createCore({
      name: unique(),
      onError: (error) => told.push((error as Error).message),
      middleware: [({ command: name }, next) => { if (name === 'locked') throw new Error('not at night'); return next(); }],
      commands: { locked: command({ handler: () => ++runs }), open: command({ handler: () => ++runs }) },
    });
    const { invoke } = openInProcess(core);
    assert.equal((await rejection(invoke.locked())).code, 'COMMAND_FAILED');
    assert.equal(runs, 0);
    assert.deepEqual(told, ['not at night']);
    assert.equal(await invoke.open(), 1);
  });

  it('may answer itself and may change the answer, which `returns` still judges', async () => {
    let runs = 0;
    const core = createCore({
      name: unique(),
      onError: () => {},
      middleware: [async ({ command: name }, next) => (name === 'cached' ? 7 : name === 'doubled' ? ((await next()) as number) * 2 : 'no number')],
      commands: {
        cached: command({ returns: v.number(), handler: () => ++runs }),
        doubled: command({ returns: v.number(), handler: () => 21 }),
        broken: command({ returns: v.number(), handler: () => 1 }),
      },
    });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.cached(), 7);
    assert.equal(runs, 0);
    assert.equal(await invoke.doubled(), 42);
    assert.equal((await rejection(invoke.broken())).code, 'INVALID_RESULT');
  });

  it('may catch what the handler throws', async () => {
    const core = createCore({
      name: unique(),
      middleware: [(_, next) => next().catch((error: unknown) => `caught ${(error as Error).message}`)],
      commands: { now: command({ handler: () => { throw new Error('it'); } }), later: command({ handler: async () => Promise.reject(new Error('that')) }) },
    });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.now() as unknown, 'caught it');
    assert.equal(await invoke.later() as unknown, 'caught that');
  });

  it('never meets a call that was refused', async () => {
    let met = 0;
    const core = createCore({ name: unique(), middleware: [(_, next) => (met++, next())], commands: { take: command({ args: v.string(), handler: (text) => text }) } });
    const { invoke } = openInProcess(core);
    await rejection(invoke.take(1 as never));
    await rejection((invoke as unknown as (name: string) => Promise<unknown>)('nothing'));
    assert.equal(met, 0);
    await invoke.take('x');
    assert.equal(met, 1);
  });
});

describe('setup', () => {
  it('is over before the first call runs, and calls keep their order', async () => {
    const steps: unknown[] = [];
    const core = createCore({
      name: unique(),
      setup: async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        steps.push('ready');
      },
      commands: { step: command({ args: v.number(), handler: (n) => void steps.push(n) }) },
    });
    const { invoke } = openInProcess(core);
    await Promise.all([1, 2, 3].map((n) => invoke.step(n)));
    assert.deepEqual(steps, ['ready', 1, 2, 3]);
  });

  it('runs once however many clients come, and may use the core', async () => {
    let runs = 0;
    const core = createCore({
      name: unique(),
      events: { theme: event(v.string(), { retain: true }) },
      setup: async (handle) => {
        runs++;
        await handle.emit('theme' as never, 'dark' as never);
      },
    });
    const [one, two] = [openInProcess(core), openInProcess(core)];
    const heard: string[] = [];
    await Promise.all([one, two].map(({ listen }) => listen('theme', ({ payload }) => heard.push(payload))));
    assert.deepEqual(heard, ['dark', 'dark']);
    assert.equal(runs, 1);
  });

  it('that fails refuses every client with the cause', async () => {
    const told: unknown[] = [];
    const core = createCore({
      name: 'ledger',
      onError: (error) => told.push(error),
      setup: () => Promise.reject(new Error('the database is locked')),
      commands: { go: command({ handler: () => 1 }) },
    });
    const lost: unknown[] = [];
    const one = openInProcess(core);
    await one.listen('corral:core-lost', ({ payload }) => lost.push(payload));
    const error = (await rejection(one.invoke.go())) as CorralError<'CONNECTION_REFUSED'>;
    assert.equal(error.code, 'CONNECTION_REFUSED');
    assert.equal(error.details.reason, 'setup');
    assert.include(error.message, 'the database is locked');
    assert.include(error.message, '`ledger`');
    assert.equal((await rejection(one.invoke.go())).code, 'CONNECTION_REFUSED', 'also for calls made later');
    assert.equal(one.stats().state, 'closed');
    assert.lengthOf(lost, 1);
    assert.equal((lost[0] as { reason: string }).reason, 'setup');
    assert.equal((await rejection(openInProcess(core).invoke.go())).code, 'CONNECTION_REFUSED', 'also for clients that come later');
    assert.include(String(told[0]), 'the database is locked');
  });

  it('that throws at once is no different', async () => {
    const core = createCore({ name: unique(), onError: () => {}, setup: () => { throw new Error('at once'); }, commands: { go: command({ handler: () => 1 }) } });
    const error = await rejection(openInProcess(core).invoke.go());
    assert.equal(error.code, 'CONNECTION_REFUSED');
    assert.include(error.message, 'at once');
  });
});

describe('a plugin', () => {
  const fs = (root: string, steps: string[] = []) =>
    plugin({
      name: 'fs',
      commands: { read: command({ args: v.string(), handler: (path) => `${root}${path}` }), deep: { er: command({ handler: () => 'deeper' }) } },
      events: { changed: event(v.string()) },
      setup: async () => {
        await Promise.resolve();
        steps.push('fs');
      },
    });

  it('brings its commands and events under its name', async () => {
    const core = createCore({ name: unique(), plugins: [fs('/docs')] });
    const { invoke, listen, emit } = openInProcess(core);
    assert.equal(await invoke.fs.read('/a'), '/docs/a');
    assert.equal(await invoke('fs.deep.er'), 'deeper');
    const heard: string[] = [];
    await listen('fs.changed', ({ payload }) => heard.push(payload));
    await emit('fs.changed', '/a');
    await eventually('it was heard', () => heard.length === 1);
    assert.deepEqual(heard, ['/a']);
  });

  it("is set up before the core's own setup, one after the other", async () => {
    const steps: string[] = [];
    const db = plugin({ name: 'db', setup: () => void steps.push('db') });
    const core = createCore({ name: unique(), plugins: [fs('/', steps), db], setup: () => void steps.push('core'), commands: { go: command({ handler: () => 1 }) } });
    await openInProcess(core).invoke.go();
    assert.deepEqual(steps, ['fs', 'db', 'core']);
  });

  it('whose setup fails refuses clients, and the core is not set up', async () => {
    let runs = 0;
    const bad = plugin({ name: 'bad', setup: () => { throw new Error('no disk'); } });
    const core = createCore({ name: unique(), onError: () => {}, plugins: [bad], setup: () => void runs++, commands: { go: command({ handler: () => 1 }) } });
    const error = await rejection(openInProcess(core).invoke.go());
    assert.equal(error.code, 'CONNECTION_REFUSED');
    assert.include(error.message, 'no disk');
    assert.equal(runs, 0);
  });
});
