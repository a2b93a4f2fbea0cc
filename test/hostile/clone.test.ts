/** What structured cloning brings along, and what it refuses: only the culprit's call fails. */
import { assert } from 'chai';
import * as v from 'valibot';
import { command, createCore } from 'corral/core';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { besiege, codeOf, workBeside } from './siege.ts';
import type { VictimCore } from './victim.ts';

/** Values that no engine clones; each made anew, because some are detached or revoked. */
const uncloneable: Record<string, () => unknown> = {
  function: () => () => {},
  symbol: () => Symbol('x'),
  // A flat one is copied like any flat value (a reactive object of Vue, say); this one would have to be cloned.
  proxy: () => new Proxy({ inner: {} }, {}),
  revoked() {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  unlistable: () =>
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('these keys are mine');
        },
      },
    ),
  detached() {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  },
  promise: () => Promise.resolve(1),
  weakMap: () => new WeakMap(),
  window: () => globalThis,
  getter: () => ({
    get trap() {
      throw new Error('a getter that throws');
    },
  }),
};

const detached = (): ArrayBuffer => uncloneable['detached']?.() as ArrayBuffer;

describe('hostile clones', () => {
  it('13: refuses shared memory and resizable buffers, wherever they hide', async () => {
    const { attacker, taken, unharmed } = await besiege();
    const shared = new SharedArrayBuffer(8);
    const resizable = new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(8, {
      maxByteLength: 2 ** 30,
    });
    for (const buffer of [shared, resizable]) {
      for (const params of [
        buffer,
        new Uint8Array(buffer),
        new DataView(buffer),
        { a: [buffer] },
        new Map([['a', buffer]]),
        new Map([[buffer, 'a']]),
        new Set([new Uint8Array(buffer)]),
      ]) {
        assert.equal(codeOf(await attacker.ask('take', params)), 'INVALID_ARGUMENTS');
      }
      assert.equal(codeOf(await attacker.ask('$/emit', { event: 'anything', payload: { buffer } })), 'INVALID_PAYLOAD');
    }
    assert.deepEqual(taken, []);
    await unharmed();
  });

  it('13: finds shared memory behind a long array and inside an error', async () => {
    const { attacker, taken, unharmed } = await besiege();
    const shared = new SharedArrayBuffer(8);
    const long = Object.assign(
      Array.from({ length: 100 }, () => 0),
      { extra: shared },
    );
    assert.equal(codeOf(await attacker.ask('take', long)), 'INVALID_ARGUMENTS');
    const error = new Error('an error', { cause: shared });
    // WebKit makes a string of a cause.
    const crosses = structuredClone(error).cause instanceof SharedArrayBuffer;
    assert.equal(codeOf(await attacker.ask('take', error)), crosses ? 'INVALID_ARGUMENTS' : undefined);
    assert.lengthOf(taken, crosses ? 0 : 1);
    await unharmed();
  });

  it('14: closes a port that no argument holds, and counts it', async () => {
    const { attacker, core, ran, unharmed } = await besiege({ violations: 1000 });
    const stray = (message: (port: MessagePort) => unknown): Promise<void> => {
      const { port1 } = new MessageChannel();
      attacker.post(message(port1), [port1]);
      return attacker.settled();
    };
    const call = { jsonrpc: '2.0', id: 1, method: 'take' };
    await stray(() => ({ ...call, params: 1 }));
    await stray((port) => ({ ...call, params: 1, port }));
    await stray((port) => ({ ...call, params: 1, headers: { port } }));
    await stray((port) => ({ jsonrpc: '2.0', id: 1, method: '$/emit', params: { event: 'anything', payload: port } }));
    await stray((port) => ({ jsonrpc: '2.0', id: 1, method: '$/ping', params: { port } }));
    await stray((port) => port);
    await stray((port) => [{ ...call, params: 1 }, port]);
    await stray(() => ({ jsonrpc: '2.0', id: 1, result: 1 }));
    assert.isAtLeast(core.stats().violations, 8);
    assert.isAtMost(ran.filter((name) => name === 'take').length, 3);
    await unharmed();
  });

  it('14: hands a stream to no command that did not ask for one', async () => {
    const { attacker, unharmed } = await besiege();
    const stream = new ReadableStream();
    try {
      attacker.post({ jsonrpc: '2.0', id: 1, method: 'ran', params: stream }, [stream as never]);
    } catch {
      return unharmed(); // this engine cannot send streams
    }
    assert.equal(codeOf(await attacker.reply(1)), 'INVALID_ARGUMENTS');
    await unharmed();
  });

  it('14: a port in a long frame, or behind a long argument, reaches its call', async () => {
    const core = createCore({
      name: unique('ports'),
      commands: {
        add: command({ args: v.number(), handler: (one) => one + 1 }),
        talk: command({
          args: v.object({ list: v.array(v.number()), port: v.instance(MessagePort) }),
          handler: ({ port }) => port.postMessage('hello'),
        }),
      },
    });
    const { invoke } = openInProcess(core);
    await invoke.add(0);
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    const adding = Array.from({ length: 1_500 }, (_, index) => invoke.add(index));
    const talking = invoke.talk({ list: Array.from({ length: 20_000 }, () => 0), port: port2 }, { transfer: [port2] });
    await talking;
    assert.equal(await heard, 'hello');
    assert.equal((await Promise.all(adding)).at(-1), 1_500);
    assert.equal(core.stats().violations, 0);
    port1.close();
  });

  it('15: a module of WebAssembly to a shared worker is settled, and the client goes on', async () => {
    const name = unique('shared');
    const shared = (): SharedWorker =>
      new SharedWorker(new URL('../support/cores/hostile-shared.core.ts', import.meta.url), { type: 'module', name });
    const beside = open<VictimCore>(shared, { label: 'neighbour' });
    // A shared worker outlives its clients; this one would keep its locks into the next test.
    atEnd(() => beside.invoke.quit().catch(() => {}));
    const unharmed = await workBeside(beside);
    const { invoke } = open<VictimCore>(shared, { label: 'attacker' });
    assert.equal(await invoke.take(1), 'taken');
    const module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    const error = await rejection(invoke.take(module));
    assert.include(['CONNECTION_LOST', 'NOT_CLONEABLE'], error.code);
    await eventually('the client is back', () =>
      invoke.take(1).then(
        () => true,
        () => false,
      ),
    );
    await unharmed();
  });

  it('16: an argument that cannot be cloned fails its own call only, and says where it is', async () => {
    const { core, unharmed } = await besiege();
    const { invoke, stats } = openInProcess(core);
    await invoke.take(0);
    for (const [name, make] of Object.entries(uncloneable)) {
      const before = invoke.greet({ name: 'before' });
      const bare = rejection(invoke.take(make()));
      const deep = rejection(invoke.take({ list: [1, { culprit: make() }] }));
      const after = invoke.greet({ name: 'after' });
      assert.deepInclude(await bare, { code: 'NOT_CLONEABLE', side: 'client' }, name);
      const { code, details } = await deep;
      assert.equal(code, 'NOT_CLONEABLE', name);
      assert.deepEqual((details as unknown as { path: unknown[] }).path.slice(0, 3), ['list', 1, 'culprit'], name);
      assert.deepEqual([await before, await after], ['Hello, before!', 'Hello, after!'], name);
      assert.equal(stats().calls, 0);
    }
    await unharmed();
  });

  it('16: what a refused call was to move stays usable, and so does what its neighbours move', async () => {
    const { core, taken, unharmed } = await besiege();
    const { invoke } = openInProcess(core);
    await invoke.take(0);
    const kept = new ArrayBuffer(8);
    const moved = new ArrayBuffer(16);
    const { port1, port2 } = new MessageChannel();
    const talking = invoke.take({ port: port2 }, { transfer: [port2] });
    const refused = rejection(invoke.take({ kept, culprit: () => {} }, { transfer: [kept] }));
    const moving = invoke.take({ moved }, { transfer: [moved] });
    assert.equal((await refused).code, 'NOT_CLONEABLE');
    assert.equal(kept.byteLength, 8);
    await Promise.all([talking, moving]);
    assert.equal(moved.byteLength, 0);
    const { port } = taken[1] as { port: MessagePort };
    const heard = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    port.postMessage('hello');
    assert.equal(await heard, 'hello');
    port1.close();
    await unharmed();
  });

  it('16: a detached buffer, or one buffer moved twice in a tick, fails one call', async () => {
    const { core, unharmed } = await besiege();
    const { invoke, stats } = openInProcess(core);
    await invoke.take(0);
    const gone = detached();
    const twice = new ArrayBuffer(8);
    const [first, second, third, fine] = await Promise.allSettled([
      invoke.take({ twice }, { transfer: [twice] }),
      invoke.take({ twice }, { transfer: [twice] }),
      invoke.take(1, { transfer: [gone] }),
      invoke.greet({ name: 'Ada' }),
    ]);
    assert.equal(first?.status, 'fulfilled');
    assert.equal((second as PromiseRejectedResult).reason.code, 'NOT_CLONEABLE');
    assert.equal((third as PromiseRejectedResult).reason.code, 'NOT_CLONEABLE');
    assert.deepEqual(fine, { status: 'fulfilled', value: 'Hello, Ada!' });
    assert.equal(stats().calls, 0);
    await unharmed();
  });

  it('17: an answer that cannot be cloned fails its own call only, and the core hears of it', async () => {
    const errors: unknown[] = [];
    const commands = Object.fromEntries(
      Object.entries(uncloneable).flatMap(([name, make]) => [
        [`${name}Deep`, command({ handler: () => ({ list: [1, { culprit: make() }] }) })],
        [name, command({ handler: () => make() })],
      ]),
    );
    const core = createCore({
      name: unique('answers'),
      commands: { ...commands, fine: command({ handler: () => 'fine' }) },
      onError: (error) => void errors.push(error),
    });
    const { invoke, stats } = openInProcess(core);
    await invoke.fine();
    for (const name of Object.keys(commands)) {
      if (name === 'promise') continue; // it is awaited
      errors.length = 0;
      const before = invoke.fine();
      const error = await rejection(invoke(name as never, undefined as never));
      assert.include(['NOT_CLONEABLE', 'COMMAND_FAILED'], error.code, name);
      assert.deepEqual([await before, await invoke.fine()], ['fine', 'fine'], name);
      assert.lengthOf(errors, 1, name);
    }
    assert.deepInclude(core.stats(), { clients: 1, calls: 0 });
    assert.deepInclude(stats(), { calls: 0, strays: 0 });
  });
});
