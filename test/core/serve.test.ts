/** Serving: in a worker's scope, at a port, and to whoever speaks there, whatever they speak. */
import { assert } from 'chai';
import { connect } from 'corral';
import { command, createCore, event, serve, type CoreStats } from 'corral/core';
import { linkPair, type TestPort } from 'corral/testing';
import * as v from 'valibot';
import { atEnd, corralLocks, eventually } from '../support/corral.ts';
import { litterAbout } from '../support/garbage.ts';
import { unique } from '../support/unique.ts';

type Message = Record<string, unknown> & { id?: unknown; error?: { code: number; message: string; data?: { code: string; details?: unknown } } };

/** A client by hand: it says what it likes and keeps what it hears, frames taken apart. */
function byHand(core: ReturnType<typeof createCore>) {
  const [near, far] = linkPair();
  const heard: Message[] = [];
  const frames: unknown[] = [];
  near.onmessage = ({ data }) => {
    frames.push(data);
    heard.push(...(Array.isArray(data) ? data : [data]));
  };
  near.start();
  const stop = serve(core as never, far as unknown as MessagePort);
  atEnd(stop);
  const say = (message: unknown): void => near.postMessage(message, []);
  const answer = async (id: unknown): Promise<Message> => {
    await eventually(`${String(id)} was answered`, () => heard.some((message) => message.id === id));
    return heard.find((message) => message.id === id) as Message;
  };
  const hello = async (params: object = {}): Promise<Message> => {
    const id = crypto.randomUUID();
    say({ jsonrpc: '2.0', id, method: '$/hello', params: { protocol: 1, ...params } });
    return answer(id);
  };
  return { near, heard, frames, say, answer, hello, stop };
}

const make = (options: object = {}) =>
  createCore({
    name: unique(),
    ...options,
    events: { tick: event(v.number()), theme: event(v.string(), { retain: true }) },
    commands: {
      ping: command({ handler: () => 'pong' }),
      echo: command({ args: v.any(), handler: (value: unknown) => value }),
      wait: command({ handler: (_, { signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())) }),
    },
  });

/** Settles what was said so far. */
const settled = async ({ say, answer }: ReturnType<typeof byHand>): Promise<void> => {
  const id = crypto.randomUUID();
  say({ jsonrpc: '2.0', id, method: '$/ping' });
  await answer(id);
};

describe('serve', () => {
  it('refuses to run in a page, and says what to do', () => {
    assert.throws(() => serve(make()), TypeError, /Worker/);
  });

  it('answers a client that never said hello', async () => {
    const client = byHand(make() as never);
    client.say({ jsonrpc: '2.0', id: 1, method: 'ping' });
    assert.deepEqual(await client.answer(1), { jsonrpc: '2.0', id: 1, result: 'pong' });
    client.say({ jsonrpc: '2.0', id: 'two', method: 'echo', params: { a: 1 } });
    assert.deepEqual((await client.answer('two'))['result'], { a: 1 });
  });

  it('holds one lock while it serves, and gives it up at the end', async () => {
    const core = make();
    const one = byHand(core as never);
    const two = byHand(core as never);
    await Promise.all([one.hello(), two.hello()]);
    const mine = async () => (await corralLocks()).filter((name) => name.includes(core.name));
    await eventually('it is held', async () => (await mine()).length === 1);
    one.stop();
    assert.lengthOf(await mine(), 1, 'two is still served');
    two.stop();
    await eventually('it is free', async () => (await mine()).length === 0);
  });

  it('keeps nothing of the clients that have gone, where it serves many', async () => {
    const clients: WeakRef<object>[] = [];
    const core = createCore({ name: unique(), commands: { meet: command({ handler: (_, { client }) => void clients.push(new WeakRef(client)) }) } });
    const scope = Object.assign(new EventTarget(), { onconnect: null });
    atEnd(serve(core, scope as never));
    for (let n = 0; n < 20; n++) {
      const { port1, port2 } = new MessageChannel();
      scope.dispatchEvent(new MessageEvent('connect', { ports: [port2] }));
      const { invoke, close } = connect<typeof core>(port1);
      await invoke.meet();
      close();
    }
    await eventually('all have gone', () => core.stats().clients === 0);
    assert.lengthOf(clients, 20);
    // The other engines collect when they like, which may be long after.
    if (!('gc' in globalThis)) return;
    await eventually('they are collected', async () => {
      await litterAbout();
      // What is left on the stack may keep one.
      return clients.filter((client) => client.deref()).length <= 1;
    });
  });

  it('gives its lock up also when it is stopped before it was set up', async () => {
    const core = make({ setup: () => new Promise((resolve) => setTimeout(resolve, 50)) });
    byHand(core as never).stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await eventually('no lock is held', async () => !(await corralLocks()).some((name) => name.includes(core.name)));
  });

  it('tells its clients when it stops, aborts their calls and answers nothing more', async () => {
    const core = make();
    const client = byHand(core as never);
    await client.hello();
    client.say({ jsonrpc: '2.0', id: 'open', method: 'wait' });
    await settled(client);
    assert.equal(core.stats().calls, 1);
    client.stop();
    await eventually('it said goodbye', () => client.heard.some(({ method }) => method === '$/bye'));
    assert.deepEqual(client.heard.find(({ method }) => method === '$/bye')?.['params'], { reason: 'closed' });
    assert.deepEqual(core.stats(), { clients: 0, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 0 } satisfies CoreStats);
    assert.isFalse(client.heard.some(({ id }) => id === 'open'), 'a call of a client that was sent away is not answered');
  });
});

describe('a session', () => {
  it('welcomes who says hello: id, limits, the name of the bus, protocol', async () => {
    const core = make({ version: '3', limits: { calls: 7 } });
    const { result } = (await byHand(core as never).hello({ label: 'desk' })) as unknown as { result: Record<string, unknown> };
    assert.equal(result['protocol'], 1);
    assert.match(String(result['client']), /^[0-9a-z]+(-[0-9a-z]+){3}$/);
    assert.deepEqual(result['core'], { name: core.name, version: '3' });
    assert.match(String(result['bus']), /^corral:/);
    assert.equal((result['limits'] as Record<string, number>)['calls'], 7);
    assert.equal(core.stats().clients, 1);
  });

  it('refuses another protocol, and stays open for a better hello', async () => {
    const client = byHand(make() as never);
    for (const protocol of [0, 2, '1', null, undefined, {}]) {
      const { error } = await client.hello({ protocol });
      assert.equal(error?.data?.code, 'CONNECTION_REFUSED');
      assert.equal((error?.data?.details as { reason: string }).reason, 'protocol');
    }
    assert.equal((await client.hello()).error, undefined);
  });

  it('welcomes once: the same hello again changes nothing, another one is a violation', async () => {
    const core = make();
    const client = byHand(core as never);
    const id = 'hello';
    for (let round = 0; round < 3; round++) client.say({ jsonrpc: '2.0', id, method: '$/hello', params: { protocol: 1, label: 'a' } });
    await settled(client);
    assert.equal(core.stats().clients, 1);
    assert.equal(core.stats().violations, 0);
    assert.equal((await client.hello({ label: 'admin' })).error?.data?.code, 'MALFORMED_MESSAGE');
    assert.equal(core.stats().violations, 1);
  });

  it('accepts only the name of a client for a lock to watch', async () => {
    for (const lock of ['the-locks-of-the-app', '', 5, {}, 'corral:core:x']) {
      const { error } = await byHand(make() as never).hello({ lock });
      assert.equal(error?.data?.code, 'MALFORMED_MESSAGE', String(lock));
    }
  });

  it('lets a client go that says goodbye, with all it had open', async () => {
    const core = make();
    const client = byHand(core as never);
    await client.hello();
    client.say({ jsonrpc: '2.0', id: 1, method: 'wait' });
    client.say({ jsonrpc: '2.0', id: 2, method: '$/listen', params: { event: 'tick', listener: 1 } });
    await client.answer(2);
    assert.deepEqual(core.stats(), { clients: 1, calls: 1, listeners: 1, channels: 0, resources: 0, violations: 0 });
    client.say({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'ended' } });
    await eventually('it was let go', () => core.stats().clients === 0);
    assert.deepEqual(core.stats(), { clients: 0, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 0 });
  });

  it('answers a violation, counts it, and goes on', async () => {
    const core = make();
    const client = byHand(core as never);
    const bad = [5, null, true, {}, { jsonrpc: '1.0', id: 1, method: 'ping' }, { jsonrpc: '2.0', id: 2 }, { jsonrpc: '2.0', id: {}, method: 'ping' }, { jsonrpc: '2.0', id: NaN, method: 'ping' }, { jsonrpc: '2.0', id: 3, method: 5 }, []];
    for (const message of bad) client.say(message);
    await settled(client);
    const errors = client.heard.filter(({ error }) => error);
    assert.lengthOf(errors, bad.length);
    for (const { error } of errors) assert.include([-32600, -32700], error?.code);
    assert.equal(core.stats().violations, bad.length);
    client.say('{"jsonrpc":"2.0","id":9,"method":"ping"}');
    await eventually('text is refused too', () => client.heard.some(({ error }) => error?.code === -32700));
    client.say({ jsonrpc: '2.0', id: 10, method: 'ping' });
    assert.equal((await client.answer(10))['result'], 'pong');
  });

  it('sends a client away that goes on breaking the protocol, and no other', async () => {
    const core = make({ limits: { violations: 5 } });
    const [good, bad] = [byHand(core as never), byHand(core as never)];
    await Promise.all([good.hello(), bad.hello()]);
    for (let n = 0; n < 20; n++) bad.say({ nonsense: n });
    await eventually('it was sent away', () => bad.heard.some(({ method }) => method === '$/bye'));
    assert.isBelow(bad.heard.filter(({ error }) => error).length, 10);
    await settled(good);
    assert.equal(core.stats().clients, 1);
  });

  it('never responds to a response', async () => {
    const core = make();
    const client = byHand(core as never);
    client.say({ jsonrpc: '2.0', id: 1, result: 'x' });
    client.say({ jsonrpc: '2.0', id: 2, error: { code: 1, message: 'x' } });
    await settled(client);
    assert.isFalse(client.heard.some(({ id }) => id === 1 || id === 2));
    assert.equal(core.stats().violations, 2);
  });

  it('does not run a call whose number is that of one that is open', async () => {
    const core = make();
    const client = byHand(core as never);
    client.say({ jsonrpc: '2.0', id: 7, method: 'wait' });
    client.say({ jsonrpc: '2.0', id: 7, method: 'ping' });
    await settled(client);
    assert.equal(core.stats().calls, 1);
    assert.equal(core.stats().violations, 1);
    assert.isFalse(client.heard.some(({ id }) => id === 7), 'the first one is not settled by it');
    client.say({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 7 } });
    assert.equal((await client.answer(7)).error?.code, -32800);
  });

  it('frames its answers after hello, and never before', async () => {
    const client = byHand(make() as never);
    for (let n = 0; n < 5; n++) client.say({ jsonrpc: '2.0', id: n, method: 'ping' });
    await client.answer(4);
    assert.isFalse(client.frames.some(Array.isArray));
    await client.hello();
    client.say(Array.from({ length: 5 }, (_, n) => ({ jsonrpc: '2.0', id: `f${n}`, method: 'ping' })));
    await client.answer('f4');
    assert.isTrue(client.frames.some((frame) => Array.isArray(frame) && frame.length === 5));
  });

  it('begins anew with a client whose message it cannot deserialize', async () => {
    const core = make();
    const client = byHand(core as never);
    await client.hello();
    client.say({ jsonrpc: '2.0', id: 'open', method: 'wait' });
    await settled(client);
    (client.near as TestPort).garble();
    await eventually('it said why', () => client.heard.some(({ method }) => method === '$/bye'));
    assert.deepEqual(client.heard.find(({ method }) => method === '$/bye')?.['params'], { reason: 'garbled' });
    assert.deepEqual(core.stats(), { clients: 0, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 1 });
  });

  it('answers a batch of a client that never said hello with one array, when all is done', async () => {
    const client = byHand(make() as never);
    client.say([
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'ping' },
      { jsonrpc: '2.0', id: 2, method: 'wait' },
      { jsonrpc: '2.0', id: 3, method: 'unknown' },
      { nonsense: true },
    ]);
    await settled(client);
    assert.isFalse(client.heard.some(({ id }) => id === 1), 'nothing is answered before all is');
    client.say({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 2 } });
    await client.answer(1);
    const batch = client.frames.find(Array.isArray) as Message[];
    assert.deepEqual(batch.map(({ id }) => id).sort(), [1, 2, 3, null].sort());
    client.say([{ jsonrpc: '2.0', method: 'ping' }]);
    await settled(client);
    assert.lengthOf(client.frames.filter(Array.isArray), 1, 'notifications only are answered by nothing');
  });

  it('refuses a frame that is too long as a whole, and runs nothing of it', async () => {
    let runs = 0;
    const core = createCore({ name: unique(), commands: { go: command({ handler: () => ++runs }) } });
    const client = byHand(core as never);
    await client.hello();
    client.say(Array.from({ length: 4097 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'go' })));
    const { error } = await client.answer(null);
    assert.equal(error?.data?.code, 'OVERLOADED');
    assert.equal(runs, 0);
  });

  it('closes a port that came along and that no argument holds', async () => {
    const core = make();
    const client = byHand(core as never);
    const { port1, port2 } = new MessageChannel();
    client.near.postMessage({ jsonrpc: '2.0', id: 1, method: 'ping' }, [port2]);
    assert.equal((await client.answer(1))['result'], 'pong');
    await settled(client);
    assert.equal(core.stats().violations, 1);
    port1.close();
  });
});
