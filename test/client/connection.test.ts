/** What a connection makes of what its core says, however odd: every call settles, and every oddity is counted. */
import { assert } from 'chai';
import { CorralError } from 'corral';
import { eventually, open, rejection } from '../support/corral.ts';
import { fakeCore } from './fake-core.ts';

type Any = (command: string, args?: unknown, options?: object) => Promise<unknown>;

/** A connection to a core that the test plays, welcomed. */
async function welcomed(options?: Parameters<typeof open>[1]) {
  const core = fakeCore();
  const connection = open(core.port, options);
  await core.welcome();
  await eventually('it is open', () => connection.stats().state === 'open');
  return { ...connection, core, invoke: connection.invoke as unknown as Any };
}

describe('a hello', () => {
  it('says the protocol, the label, the version and the lock, and nothing before it is answered', async () => {
    const core = fakeCore();
    const { invoke, listen, emit } = open(core.port, { label: 'desk', version: '3' });
    void (invoke as unknown as Any)('early').catch(() => {});
    void (listen as Any)('event').catch(() => {});
    void (emit as Any)('event').catch(() => {});
    await eventually('it named its lock', () => core.said.some(({ params }) => params?.['lock']));
    assert.deepEqual([...new Set(core.said.map(({ method }) => method))], ['$/hello']);
    const { protocol, label, version, lock } = core.said.at(-1)?.params ?? {};
    assert.deepEqual([protocol, label, version], [1, 'desk', '3']);
    assert.match(String(lock), /^corral:client:/);
    assert.lengthOf(new Set(core.said.map(({ id }) => id)), 1, 'said again, it is the same hello');
  });

  it('is said again to a core that says it is ready', async () => {
    const core = fakeCore();
    open(core.port);
    await eventually('it named its lock', () => core.said.some(({ params }) => params?.['lock']));
    const before = core.said.length;
    core.say({ jsonrpc: '2.0', method: '$/ready' });
    await eventually('it was said again', () => core.said.length > before);
    assert.equal(core.said.at(-1)?.method, '$/hello');
  });

  it('that is answered twice is welcomed once, and no call is sent twice', async () => {
    const { core, invoke, listen, stats } = await welcomed();
    let ready = 0;
    await listen('corral:core-restarted', () => ready++);
    void invoke('once').catch(() => {});
    await core.heard('once');
    await core.welcome();
    core.say({ jsonrpc: '2.0', method: '$/ready' });
    core.say({ jsonrpc: '2.0', method: '$/ping', id: 9 });
    await eventually('the ping was answered', () => core.said.some(({ id }) => id === 9));
    assert.lengthOf(core.said.filter(({ method }) => method === 'once'), 1);
    assert.equal(ready, 0);
    assert.equal(stats().state, 'open');
  });

  it('that is answered with an error closes the connection with that error', async () => {
    const core = fakeCore();
    const { invoke, stats } = open(core.port);
    const call = rejection((invoke as unknown as Any)('early'));
    const { id } = await core.heard('$/hello');
    core.say({ jsonrpc: '2.0', id, error: { code: -32003, message: 'Not today.', data: { code: 'CONNECTION_REFUSED', details: { reason: 'version' } } } });
    const error = await call;
    assert.deepEqual([error.code, error.message, error.details], ['CONNECTION_REFUSED', 'Not today.', { reason: 'version' } as never]);
    assert.equal(stats().state, 'closed');
  });

  it('that is answered with nonsense closes the connection too', async () => {
    for (const answer of [{}, { result: null }, { error: 5 }, { result: 'yes' }]) {
      const core = fakeCore();
      const { invoke, stats } = open(core.port);
      const call = rejection((invoke as unknown as Any)('early'));
      const { id } = await core.heard('$/hello');
      core.say({ jsonrpc: '2.0', id, ...answer });
      assert.instanceOf(await call, CorralError);
      assert.equal(stats().state, 'closed');
    }
  });
});

describe('a reply', () => {
  it('that holds neither a result nor an error rejects its call as malformed', async () => {
    const { core, invoke, stats } = await welcomed();
    for (const reply of [{}, { error: 'text' }, { error: {} }, { error: null }, { error: { message: 5 } }]) {
      const call = rejection(invoke('odd'));
      await eventually('it was sent', () => core.said.filter(({ method }) => method === 'odd').length > 0);
      const { id } = core.said.pop() as { id: number };
      core.say({ jsonrpc: '2.0', id, ...reply });
      const error = await call;
      assert.deepEqual([error.code, error.side], ['MALFORMED_MESSAGE', 'client'], JSON.stringify(reply));
    }
    assert.equal(stats().calls, 0);
  });

  it('with an error of a foreign core rejects with what is known of it', async () => {
    const { core, invoke } = await welcomed();
    const call = rejection(invoke('odd'));
    const { id } = await core.heard('odd');
    core.say({ jsonrpc: '2.0', id, error: { code: -32000, message: 'Server error', data: 'free text' } });
    const error = await call;
    assert.instanceOf(error, CorralError);
    assert.deepEqual([error.code, error.message, error.side], ['COMMAND_FAILED', 'Server error', 'core']);
  });

  it('to no call, or a second one to the same, is counted and harms nothing', async () => {
    const { core, invoke, stats } = await welcomed();
    const call = invoke('greet');
    const { id } = await core.heard('greet');
    core.say([
      { jsonrpc: '2.0', id: 'nobody', result: 1 },
      { jsonrpc: '2.0', id: 99_999, result: 1 },
      { jsonrpc: '2.0', id: '__proto__', result: 1 },
      { jsonrpc: '2.0', id, result: 'first' },
      { jsonrpc: '2.0', id, result: 'second' },
    ]);
    assert.equal(await call, 'first');
    assert.equal(stats().strays, 4);
    assert.equal(stats().state, 'open');
  });

  it('without an id that says that a message could not be read leaves no open call to wait for its answer', async () => {
    const { core, invoke, stats } = await welcomed();
    const calls = [rejection(invoke('one')), rejection(invoke('two'))];
    await core.heard('two');
    core.say({ jsonrpc: '2.0', id: null, error: { code: -32600, message: 'This cannot be read.', data: { code: 'MALFORMED_MESSAGE', details: { garbled: true } } } });
    for (const error of await Promise.all(calls)) assert.equal(error.code, 'MALFORMED_MESSAGE');
    assert.deepEqual([stats().calls, stats().state], [0, 'open']);
    const next = invoke('three');
    core.say({ jsonrpc: '2.0', id: (await core.heard('three')).id, result: 3 });
    assert.equal(await next, 3);
  });

  it('without an id that says anything else is counted and harms nothing', async () => {
    const { core, invoke, stats } = await welcomed();
    const call = invoke('one');
    const { id } = await core.heard('one');
    core.say({ jsonrpc: '2.0', id: null, error: { code: -32600, message: 'x' } });
    core.say({ jsonrpc: '2.0', id: null, result: 'x' });
    core.say({ jsonrpc: '2.0', id, result: 1 });
    assert.equal(await call, 1);
    assert.equal(stats().strays, 2);
  });

  it('arrives also beside messages that make no sense', async () => {
    const { core, invoke, listen, stats } = await welcomed();
    void (listen as Any)('tick', () => assert.fail('Nothing was emitted')).catch(() => {});
    await core.heard('$/listen');
    const call = invoke('greet');
    const { id } = await core.heard('greet');
    const nonsense = [null, 5, 'text', true, [], [[]], {}, { method: 5 }, { method: '$/unknown' }, { method: 'greet', id: 4 }, { method: '$/event' }, { method: '$/event', params: null }, { method: '$/event', params: 'x' }, { method: '$/joined' }];
    core.say([...nonsense, { jsonrpc: '2.0', id, result: 'there' }]);
    assert.equal(await call, 'there');
    assert.equal(stats().state, 'open');
    assert.isAtLeast(stats().strays, 5);
    const alone = invoke('greet');
    await eventually('it was sent', () => core.said.filter(({ method }) => method === 'greet').length === 2);
    for (const message of nonsense) core.say(message);
    core.say({ jsonrpc: '2.0', id: core.said.at(-1)?.id, result: 'again' });
    assert.equal(await alone, 'again');
  });

  it('that comes after its call was cancelled is no stray, once', async () => {
    const { core, invoke, stats } = await welcomed();
    const controller = new AbortController();
    const call = rejection(invoke('slow', undefined, { signal: controller.signal }));
    const { id } = await core.heard('slow');
    controller.abort();
    await call;
    const cancel = await core.heard('$/cancelRequest');
    assert.equal(cancel.params?.['id'], id);
    assert.isUndefined(cancel.id, 'it is a notification');
    core.say({ jsonrpc: '2.0', id, error: { code: -32800, message: 'Cancelled', data: { code: 'CANCELLED' } } });
    core.say({ jsonrpc: '2.0', id, result: 'late' });
    await eventually('the second one was counted', () => stats().strays === 1);
  });
});

describe('a core', () => {
  it('that asks for a sign of life is given one', async () => {
    const { core } = await welcomed();
    core.say({ jsonrpc: '2.0', id: 'are you there', method: '$/ping' });
    await eventually('it was answered', () => core.said.some((message) => message.id === 'are you there' && 'result' in message));
  });

  it('that says goodbye because it closed is lost', async () => {
    const { core, invoke } = await welcomed();
    const call = rejection(invoke('greet'));
    core.say({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'closed' } });
    assert.deepEqual((await call).details, { reason: 'closed' } as never);
  });

  it('that sends the client away is not asked again, and says why', async () => {
    const { core, invoke, stats } = await welcomed({ restart: true });
    const call = rejection(invoke('greet'));
    core.say({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'violations' } });
    const error = await call;
    assert.deepEqual(error.details, { reason: 'disconnected' } as never);
    assert.include(error.message, 'violations');
    assert.equal(stats().state, 'closed');
  });

  it('that says goodbye without a reason is left all the same', async () => {
    for (const params of [undefined, null, {}, 'x']) {
      const { core, invoke, stats } = await welcomed();
      const call = rejection(invoke('greet'));
      core.say({ jsonrpc: '2.0', method: '$/bye', params });
      assert.equal((await call).code, 'CONNECTION_LOST');
      assert.equal(stats().state, 'closed');
    }
  });

  it('that says something this page cannot deserialize is lost: nobody can say what it answered', async () => {
    const { core, invoke } = await welcomed();
    const call = rejection(invoke('greet'));
    await core.heard('greet');
    core.far.garble();
    const error = await call;
    assert.deepEqual([error.code, error.details], ['CONNECTION_LOST', { reason: 'garbled' } as never]);
  });
});

describe('close', () => {
  it('says goodbye to a core that is up, and closes the port', async () => {
    const { core, close } = await welcomed();
    close();
    await eventually('it said goodbye', () => core.said.some(({ method }) => method === '$/bye'));
    assert.isTrue((core.port as unknown as { closed: boolean }).closed);
  });

  it('in the tick of a call still sends neither twice', async () => {
    const { core, invoke, close } = await welcomed();
    const call = rejection(invoke('last'));
    close();
    assert.equal((await call).code, 'CONNECTION_LOST');
    await eventually('it said goodbye', () => core.said.some(({ method }) => method === '$/bye'));
    assert.isAtMost(core.said.filter(({ method }) => method === 'last').length, 1);
  });
});
