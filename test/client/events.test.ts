/** A listener's registration, event by event: it hears what came after it, once, whichever way and whenever it arrives. */
import { assert } from 'chai';
import { unique } from '../support/unique.ts';
import { atEnd, eventually, open } from '../support/corral.ts';
import { fakeCore } from './fake-core.ts';

type Listen = (event: string, handler: (message: { payload: unknown }) => void, options?: object) => Promise<() => void>;

/** A welcomed client, its core played by the test, and the bus that both know. */
async function onBus() {
  const core = fakeCore();
  const name = unique('bus');
  const bus = new BroadcastChannel(name);
  atEnd(() => bus.close());
  const connection = open(core.port);
  await core.welcome({ bus: name });
  await eventually('it is open', () => connection.stats().state === 'open');
  const listens = () => core.said.filter(({ method }) => method === '$/listen');
  const greet = (client = 'me') => bus.postMessage({ jsonrpc: '2.0', method: '$/joined', params: { client } });
  const asked = () => core.said.find(({ method, params }) => method === '$/join' && params?.['greeted']);
  return {
    ...connection,
    listen: connection.listen as unknown as Listen,
    core,
    /** Says an event on the bus. */
    speak: (seq: number, payload: unknown = seq, event = 'tick') => bus.postMessage([{ jsonrpc: '2.0', method: '$/event', params: { event, payload, seq } }]),
    greet,
    /** Answers the nth registration. */
    async confirm(nth: number, answer: object) {
      await eventually('it registered', () => listens().length > nth);
      core.say({ jsonrpc: '2.0', id: listens()[nth]?.id, result: answer });
    },
    /** Greets it on the bus until it asks to be told there, and answers that from this event on it is. */
    async settle(seq: number) {
      await eventually('it asks to be told there', () => (greet(), asked()));
      core.say({ jsonrpc: '2.0', id: asked()?.id, result: { seq } });
    },
    /** Says an event over the link. */
    tell: (seq: number, payload: unknown = seq) => core.say({ jsonrpc: '2.0', method: '$/event', params: { event: 'tick', payload, seq } }),
    asked,
    listens,
  };
}

describe('a listener', () => {
  it('hears over its link until it is told on the bus: all of it, in order, nothing twice', async () => {
    const { listen, speak, confirm, settle, tell, asked, greet, core } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 5, retained: { payload: 'kept' } });
    await listening;
    for (const seq of [6, 7]) tell(seq);
    await eventually('it asks to be told on the bus', () => (greet(), asked()));
    // Others were told of these two there, and 10 is the first for us.
    for (const seq of [8, 9, 10]) speak(seq);
    for (const seq of [8, 9]) tell(seq);
    core.say({ jsonrpc: '2.0', id: asked()?.id, result: { seq: 9 } });
    for (const seq of [9, 11]) speak(seq);
    await eventually('it heard all', () => heard.includes(11));
    assert.deepEqual(heard, ['kept', 6, 7, 8, 9, 10, 11]);
    await settle(9);
  });

  it('hears nothing that the bus says of before its registration', async () => {
    const { listen, speak, confirm, settle } = await onBus();
    const [early, late]: [unknown[], unknown[]] = [[], []];
    const first = listen('tick', ({ payload }) => early.push(payload));
    await confirm(0, { seq: 1 });
    await first;
    await settle(2);
    const second = listen('tick', ({ payload }) => late.push(payload));
    for (const seq of [3, 4, 5, 6]) speak(seq);
    await eventually('the first one heard', () => early.length === 4);
    assert.deepEqual(late, [], 'nothing is known yet');
    await confirm(1, { seq: 4 });
    await second;
    assert.deepEqual(late, [5, 6]);
  });

  it('asks for its greeting more than once, and takes no other for its own', async () => {
    const { listen, greet, confirm, core, asked, tell } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 1 });
    await listening;
    greet('somebody else');
    await eventually('it has asked again', () => core.said.filter(({ method }) => method === '$/join').length > 1);
    assert.isUndefined(asked());
    tell(2);
    await eventually('its link goes on', () => heard.length === 1);
  });

  it('stays on its link when the core does not let it on the bus, whatever is said there', async () => {
    const { listen, greet, confirm, core, asked, speak, tell } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 1 });
    await listening;
    await eventually('it asks to be told there', () => (greet(), asked()));
    speak(2, 'by the bus');
    core.say({ jsonrpc: '2.0', id: asked()?.id, error: { code: -32002, message: 'Too fast', data: { code: 'OVERLOADED' } } });
    for (const seq of [2, 3]) tell(seq);
    await eventually('it heard', () => heard.includes(3));
    assert.deepEqual(heard, [2, 3]);
  });

  it('whose bus brings no more goes back to its link, and loses nothing on the way', async () => {
    const { listen, confirm, settle, speak, tell, core } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 1 });
    await listening;
    await settle(1);
    speak(2);
    await eventually('it hears the bus', () => heard.length === 1);
    // The third is told there and never comes.
    core.say({ jsonrpc: '2.0', id: 'nobody', result: null, after: 3 });
    const leaving = () => core.said.find(({ method, params }) => method === '$/join' && params?.['greeted'] === false);
    await eventually('it leaves the bus', leaving);
    speak(4);
    core.say({ jsonrpc: '2.0', id: leaving()?.id, result: { seq: 4 } });
    speak(5);
    tell(5);
    core.say({ jsonrpc: '2.0', id: 'nobody', result: null, after: 9 });
    tell(6);
    await eventually('it heard all', () => heard.includes(6) && heard.includes(4));
    assert.sameOrderedMembers(heard.filter((one) => one !== 4), [2, 5, 6]);
    assert.lengthOf(heard.filter((one) => one === 4), 1);
  });

  it('asks to be told on the bus at once, though calls wait for the core to read: it would ask the next core else', async () => {
    const { listen, confirm, greet, asked, invoke, core } = await onBus();
    const listening = listen('tick', () => {});
    await confirm(0, { seq: 1 });
    await listening;
    const call = (bytes: number): unknown => (invoke as unknown as (name: string, args: unknown) => Promise<unknown>)('take', new ArrayBuffer(bytes)).catch(() => {});
    for (let n = 0; n < 3; n++) void call(20 * 1024 * 1024);
    await eventually('it asks', () => (greet(), asked()));
    assert.lengthOf(core.said.filter(({ method }) => method === 'take'), 1);
  });

  it('is told on the bus however long its core takes to read that it may be', async () => {
    const core = fakeCore();
    const name = unique('bus');
    const bus = new BroadcastChannel(name);
    atEnd(() => bus.close());
    const { listen } = open(core.port, { timeout: 50 });
    await core.welcome({ bus: name });
    const heard: unknown[] = [];
    const listening = (listen as unknown as Listen)('tick', ({ payload }) => heard.push(payload));
    core.say({ jsonrpc: '2.0', id: (await core.heard('$/listen')).id, result: { seq: 1 } });
    await listening;
    const asked = () => core.said.find(({ method, params }) => method === '$/join' && params?.['greeted']);
    await eventually('it asks', () => (bus.postMessage({ jsonrpc: '2.0', method: '$/joined', params: { client: 'me' } }), asked()));
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.isFalse(core.said.some(({ method }) => method === '$/cancelRequest'));
    core.say({ jsonrpc: '2.0', id: asked()?.id, result: { seq: 1 } });
    bus.postMessage({ jsonrpc: '2.0', method: '$/event', params: { event: 'tick', payload: 2, seq: 2 } });
    await eventually('it heard', () => heard.length === 1);
  });

  it('hears what is addressed to it over its link though it is on the bus', async () => {
    const { listen, confirm, settle, tell } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 1 });
    await listening;
    await settle(1);
    tell(2, 'for you');
    await eventually('it heard', () => heard.length > 0);
    assert.deepEqual(heard, ['for you']);
  });

  it('that ends while it registers tells the core, and hears nothing', async () => {
    const { listen, settle, confirm, core, speak, stats } = await onBus();
    const controller = new AbortController();
    const listening = listen('tick', () => assert.fail('It heard'), { signal: controller.signal }).catch(() => 'rejected');
    await core.heard('$/listen');
    controller.abort();
    assert.equal(await listening as unknown, 'rejected');
    const { params } = await core.heard('$/unlisten');
    assert.equal(params?.['listener'], (await core.heard('$/listen')).params?.['listener']);
    await confirm(0, { seq: 1, retained: { payload: 'kept' } });
    await settle(1);
    speak(2);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(stats().listeners, 0);
  });

  it('of a lifecycle event asks no core', async () => {
    const { listen, core, stats } = await onBus();
    const unlisten = await listen('corral:core-lost', () => {});
    assert.equal(stats().listeners, 1);
    unlisten();
    assert.equal(stats().listeners, 0);
    assert.isFalse(core.said.some(({ method }) => method === '$/listen' || method === '$/unlisten'));
  });

  it('has a number of its own, which it keeps', async () => {
    const { listen, listens } = await onBus();
    for (let n = 0; n < 3; n++) void listen('tick', () => {}).catch(() => {});
    await eventually('all registered', () => listens().length === 3);
    assert.lengthOf(new Set(listens().map(({ params }) => params?.['listener'])), 3);
  });
});
