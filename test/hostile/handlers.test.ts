/** Handlers, schemas and `onError` that misbehave: the caller gets a typed error, the core lives. */
import { assert } from 'chai';
import * as v from 'valibot';
import { command, CorralError, createCore } from 'corral/core';
import { eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import type { Failing } from '../support/cores/hostile-failing.core.ts';
import { besiege } from './siege.ts';

const failingWorker = (): Worker =>
  new Worker(new URL('../support/cores/hostile-failing.core.ts', import.meta.url), { type: 'module' });

/** Each of its traps throws the proxy itself, so whoever looks at what was thrown throws it again. */
function stubborn(): object {
  const trap = (): never => {
    throw proxy;
  };
  const proxy: object = new Proxy(
    {},
    { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap },
  );
  return proxy;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What a handler can throw that breaks whoever tries to read it. */
const unreadable: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  text: () => 'a text',
  number: () => Number.NaN,
  symbol: () => Symbol('x'),
  bigint: () => 1n,
  function: () => () => {},
  getter: () => ({
    get message() {
      throw new Error('mine');
    },
    get code() {
      throw new Error('mine');
    },
  }),
  coercion: () => ({ message: { toString: () => ({}), valueOf: () => ({}) } }),
  cause: () => new Error('an error', { cause: () => {} }),
  endless: () => new Error('x'.repeat(1_000_000)),
  nameless: () => Object.create(null),
  revoked,
  stubborn,
};

describe('hostile handlers', () => {
  it('18: whatever is thrown, its caller gets COMMAND_FAILED with a short text', async () => {
    for (const exposeErrors of [false, true]) {
      const errors: unknown[] = [];
      const commands = Object.fromEntries(
        Object.entries(unreadable).flatMap(([name, make]) => [
          [
            name,
            command({
              handler: () => {
                throw make();
              },
            }),
          ],
          [
            `${name}Later`,
            command({
              handler: async () => {
                await null;
                throw make();
              },
            }),
          ],
        ]),
      );
      const core = createCore({
        name: unique('throwing'),
        commands: { ...commands, fine: command({ handler: () => 'fine' }) },
        exposeErrors,
        onError: (error) => void errors.push(error),
      });
      const { invoke } = openInProcess(core);
      for (const name of Object.keys(commands)) {
        const before = invoke.fine();
        const error = await rejection(invoke(name as never, undefined as never));
        assert.instanceOf(error, CorralError);
        assert.equal(error.code, 'COMMAND_FAILED', name);
        assert.isAtMost(error.message.length, 1200, name);
        assert.isUndefined(error.cause);
        assert.deepEqual([await before, await invoke.fine()], ['fine', 'fine'], name);
      }
      assert.lengthOf(errors, Object.keys(commands).length);
      assert.equal(core.stats().calls, 0);
    }
  });

  it('18: an unreadable error of a schema, a middleware or a thenable is settled too', async () => {
    const custom = (validate: () => never) => ({ '~standard': { version: 1 as const, vendor: 'mine', validate } });
    for (const make of [stubborn, revoked, () => undefined, () => new Error('an error')]) {
      const throws = (): never => {
        throw make();
      };
      const core = createCore({
        name: unique('schemas'),
        onError: () => {},
        commands: {
          args: command({ args: custom(throws), handler: () => 1 }),
          returns: command({ returns: custom(throws), handler: () => 1 as never }),
          throws: command({ handler: () => ({ then: throws }) }),
          thenGetter: command({ handler: () => Object.defineProperty({}, 'then', { get: throws }) }),
          rejects: command({
            handler: () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(make()) }),
          }),
        },
      } as never) as never;
      const { invoke } = openInProcess(core);
      for (const name of ['args', 'returns', 'throws', 'thenGetter', 'rejects']) {
        assert.equal(
          (await rejection((invoke as (...args: unknown[]) => Promise<unknown>)(name))).code,
          'COMMAND_FAILED',
          name,
        );
      }
      const layered = openInProcess(
        createCore({
          name: unique('layered'),
          onError: () => {},
          middleware: [throws],
          commands: { fine: command({ handler: () => 1 }) },
        }),
      );
      assert.equal((await rejection(layered.invoke.fine())).code, 'COMMAND_FAILED');
    }
  });

  it('19: a declared error keeps its code and its details in every engine, and nothing else does', async () => {
    const { invoke } = open<Failing>(failingWorker);
    const declared = await rejection(invoke.declared());
    assert.deepInclude(declared, { code: 'QUOTA', side: 'core' });
    assert.deepEqual(declared.details as unknown, { left: 3, when: new Date(0) });
    assert.instanceOf(declared, Error);

    for (const name of ['subclass', 'undeclared', 'mismatch', 'forged'] as const) {
      const error = await rejection(invoke[name]());
      assert.equal(error.code, 'COMMAND_FAILED', name);
      assert.deepEqual(error.details as unknown, { command: name });
    }
    const { reported } = await invoke.state();
    assert.equal(reported, 4);
  });

  it('20: a handler that never answers holds nothing once its caller has given up', async () => {
    const { core, ran, unharmed } = await besiege();
    const { invoke, stats } = openInProcess(core);
    await invoke.greet({ name: 'Ada' });
    const controller = new AbortController();
    const late = [
      rejection(invoke.wait({ gate: 'timeout' }, { timeout: 30 })),
      rejection(invoke.wait({ gate: 'abort' }, { signal: controller.signal })),
    ] as const;
    await eventually('both handlers run', () => ran.includes('wait timeout') && ran.includes('wait abort'));
    controller.abort();
    assert.deepEqual(
      (await Promise.all(late)).map(({ name }) => name),
      ['TimeoutError', 'AbortError'],
    );
    await eventually(
      'both handlers saw it',
      () => ran.includes('aborted timeout TimeoutError') && ran.includes('aborted abort AbortError'),
    );
    assert.equal(stats().calls, 0);
    await eventually('only the neighbour has open calls', () => core.stats().calls <= 2);
    await unharmed();
  });

  it('20: a handler that never answers is aborted by its client going', async () => {
    const { core, ran, unharmed } = await besiege();
    const { invoke, close } = openInProcess(core);
    const waiting = rejection(invoke.wait({ gate: 'gone' }));
    await eventually('the handler runs', () => ran.includes('wait gone'));
    close();
    assert.equal((await waiting).code, 'CONNECTION_LOST');
    await eventually('the handler saw it', () => ran.includes('aborted gone AbortError'));
    await unharmed();
  });

  it('52: a background failure of a handler is reported, and the core lives', async () => {
    const { invoke, listen } = open<Failing>(failingWorker);
    const lost: unknown[] = [];
    await listen('corral:core-lost', ({ payload }) => void lost.push(payload));
    assert.equal(await invoke.background({ count: 5 }), 'answered');
    await eventually('all five are reported', async () => (await invoke.state()).reported === 5);
    assert.equal((await invoke.state()).last, 'in the background');
    assert.deepEqual(lost, []);
  });

  it('52: an `onError` that fails itself, at once or later, neither stops a reply nor feeds itself', async () => {
    const { invoke } = open<Failing>(failingWorker);
    for (const fault of ['throws', 'rejects'] as const) {
      await invoke.onError({ fault });
      assert.equal((await rejection(invoke.subclass())).code, 'COMMAND_FAILED');
      await invoke.background({ count: 1 });
    }
    let seen = -1;
    await eventually('the reports come to an end', async () => {
      const before = seen;
      for (let turn = 0; turn < 20; turn++) seen = (await invoke.state()).reported;
      return seen === before;
    });
    await invoke.onError({ fault: 'none' });
    assert.isAtMost(seen, 8);
  });

  it('17: two answers of one tick are each what they were when their handler returned', async () => {
    const list: number[] = [];
    const core = createCore({
      name: unique('mutable'),
      commands: { push: command({ args: v.number(), handler: (one) => (list.push(one), list) }) },
    });
    const { invoke } = openInProcess(core);
    await invoke.push(0);
    const [first, second] = await Promise.all([invoke.push(1), invoke.push(2)]);
    assert.deepEqual(
      [first, second],
      [
        [0, 1],
        [0, 1, 2],
      ],
    );
    assert.notStrictEqual(first, second);
  });

  it('16: two calls of one tick each get what their argument was when they were made', async () => {
    const core = createCore({
      name: unique('mutable'),
      commands: { double: command({ args: v.any(), handler: (point: { x: number }) => ((point.x *= 2), point.x) }) },
    });
    const { invoke } = openInProcess(core);
    await invoke.double({ x: 0 });
    const point = { x: 1 };
    const calls = [invoke.double(point), invoke.double(point)];
    point.x = 100;
    calls.push(invoke.double(point));
    assert.deepEqual(await Promise.all(calls), [2, 2, 200]);
  });
});
