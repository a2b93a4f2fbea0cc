/** Attacks by a script in an admitted page: what the trust document promises, and what it says it cannot. */
import { assert } from 'chai';
import { connect } from 'corral';
import { serve } from 'corral/core';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { createRanch, type Ranch } from '../journeys/ranch.ts';
import type { Gate } from '../support/cores/gate.core.ts';
import { startGate, strangerAt, workBeside } from './stranger.ts';

const page = { identifier: 'page', clients: ['page'], invoke: ['greet'], listen: ['news'] } as const;

describe('a script in an admitted page', () => {
  it('acts as that page, and can do no more than it', async () => {
    const { enter, admit } = createRanch([page]);
    const unharmed = await workBeside(enter());
    const { invoke } = open<Ranch>(admit('page'));
    assert.equal(await invoke.greet({ name: 'x' }), 'Hello, x, says page');
    assert.equal((await rejection(invoke.notes.add('x'))).code, 'NOT_ALLOWED');
    await unharmed();
  });

  it('sees no argument by patching prototypes after the connection was made, and gains nothing by it', async () => {
    const { invoke } = open<Gate>(startGate()('guest'));
    await invoke.greet({ name: 'before' });
    const seen: unknown[] = [];
    const postMessage = MessagePort.prototype.postMessage;
    const push = Array.prototype.push;
    MessagePort.prototype.postMessage = function (this: MessagePort, ...args: [unknown, never]) {
      seen[seen.length] = args;
      return postMessage.apply(this, args);
    };
    Array.prototype.push = function (...args) {
      seen[seen.length] = args;
      return push.apply(this, args);
    };
    try {
      assert.equal(await invoke.greet({ name: 'secret' }), 'Hello, secret!');
    } finally {
      MessagePort.prototype.postMessage = postMessage;
      Array.prototype.push = push;
    }
    assert.notMatch(JSON.stringify(seen), /secret/);
  });

  it('cannot make itself another by polluting prototypes: the core looks at no inherited property of a message', async () => {
    const { admit, ran } = createRanch([page]);
    const stranger = strangerAt(admit('page'));
    const polluted = Object.prototype as Record<string, unknown>;
    // Not enumerable, or the guard would meet them in every argument and refuse that.
    for (const [key, value] of Object.entries({ owner: true, label: 'main', by: undefined, rules: undefined })) {
      Object.defineProperty(polluted, key, { value, configurable: true, writable: true });
    }
    try {
      assert.equal(await stranger.code('notes.add', 'x'), 'NOT_ALLOWED');
      await stranger.hello();
      assert.equal(await stranger.code('notes.add', 'x'), 'NOT_ALLOWED');
    } finally {
      for (const key of ['owner', 'label', 'by', 'rules']) delete polluted[key];
    }
    assert.deepEqual(ran, []);
  });

  it('settles nothing of its own twice, and nothing of others, by replaying ids', async () => {
    const { admit, ran, enter } = createRanch([page, { identifier: 'waits', clients: ['page'], invoke: ['wait', 'notes.add'] }]);
    const unharmed = await workBeside(enter());
    const stranger = strangerAt(admit('page'));
    for (let time = 0; time < 3; time++) stranger.post({ jsonrpc: '2.0', id: 'same', method: 'wait' });
    stranger.post({ jsonrpc: '2.0', id: 'other', method: 'notes.add', params: 'x' });
    stranger.post({ jsonrpc: '2.0', id: 'other', method: 'notes.add', params: 'y' });
    await stranger.ask('$/ping');
    stranger.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'same' } });
    await stranger.ask('$/ping');
    assert.lengthOf(stranger.heard.filter(({ id }) => id === 'same'), 1);
    assert.lengthOf(stranger.heard.filter(({ error, id }) => error && id === null), 2);
    assert.deepEqual(ran, ['wait', 'x', 'y']);
    await unharmed();
  });

  it('is told of no bus when a capability limits it; who may do everything could speak there, which is why', async () => {
    const { admit, enter } = createRanch([page]);
    const owner = strangerAt(admit());
    const { bus } = (await owner.hello()).result as { bus: string };
    assert.isString(bus);
    assert.isUndefined(((await strangerAt(admit('page')).hello()).result as { bus?: string }).bus);
    const limited = open<Ranch>(admit('page'));
    const heard: string[] = [];
    await limited.listen('news', ({ payload }) => void heard.push(payload));
    const forged = new BroadcastChannel(bus);
    atEnd(() => forged.close());
    forged.postMessage({ jsonrpc: '2.0', method: '$/event', params: { event: 'news', payload: 'forged', seq: 1e9 } });
    await enter().emit('news', 'true');
    await eventually('the true one is heard', () => heard.includes('true'));
    assert.deepEqual(heard, ['true']);
  });

  it('does not reach the core by its own objects: what createCore was given is not what it decides by', async () => {
    const capability = { identifier: 'page', clients: ['page'], invoke: ['greet'] };
    const { core, admit } = createRanch([capability]);
    capability.clients.push('other');
    capability.invoke.push('*');
    (core.capabilities()[0] as unknown as { invoke: string[] }).invoke.push('notes.*');
    core.capabilities().length = 0;
    const { invoke } = open<Ranch>(admit('page'));
    await invoke.greet({ name: 'x' });
    assert.equal((await rejection(invoke.notes.add('x'))).code, 'NOT_ALLOWED');
    assert.equal((await rejection(open<Ranch>(admit('other')).invoke.greet({ name: 'x' }))).code, 'NOT_ALLOWED');
  });

  it('cannot be served another core by a port of its own: each port is one client of one core', async () => {
    const { core } = createRanch([page]);
    const { port1, port2 } = new MessageChannel();
    const stop = serve(core, port1, { label: 'page' });
    const client = connect<Ranch>(port2);
    await client.invoke.greet({ name: 'x' });
    stop();
    assert.equal((await rejection(client.invoke.greet({ name: 'x' }))).code, 'CONNECTION_LOST');
    client.close();
  });
});
