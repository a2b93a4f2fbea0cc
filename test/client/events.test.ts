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
  return {
    ...connection,
    listen: connection.listen as unknown as Listen,
    core,
    /** Says an event on the bus. */
    speak: (seq: number, payload: unknown = seq, event = 'tick') => bus.postMessage([{ jsonrpc: '2.0', method: '$/event', params: { event, payload, seq } }]),
    greet: (client = 'me') => bus.postMessage({ jsonrpc: '2.0', method: '$/joined', params: { client } }),
    /** Answers the nth registration. */
    async confirm(nth: number, answer: object) {
      await eventually('it registered', () => listens().length > nth);
      core.say({ jsonrpc: '2.0', id: listens()[nth]?.id, result: answer });
    },
    listens,
  };
}

describe('a listener', () => {
  it('hears on the bus what came after its registration, and nothing of before', async () => {
    const { listen, speak, greet, confirm } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 5 });
    greet();
    await listening;
    for (const seq of [4, 5, 6, 7]) speak(seq);
    await eventually('it heard', () => heard.length === 2);
    assert.deepEqual(heard, [6, 7]);
  });

  it('hears what the bus brought before the answer, when the answer says that it was meant', async () => {
    const { listen, speak, greet, confirm, listens } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await eventually('it registered', () => listens().length === 1);
    greet();
    for (const seq of [3, 4, 5, 6]) speak(seq);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(heard, [], 'nothing is known yet');
    await confirm(0, { seq: 4, retained: { payload: 'kept' } });
    await listening;
    speak(7);
    await eventually('it heard', () => heard.length === 4);
    assert.deepEqual(heard, ['kept', 5, 6, 7]);
  });

  it('whose greeting is for another client does not take it for its own', async () => {
    const { listen, greet, confirm, core, listens } = await onBus();
    const listening = listen('tick', () => {});
    greet('somebody else');
    await confirm(0, { seq: 1 });
    await eventually('it asks to be fed over its link', () => listens().length === 2);
    assert.equal(listens()[0]?.params?.['bus'], true);
    assert.equal(listens()[1]?.params?.['bus'], false);
    await confirm(1, { seq: 2 });
    await listening;
    core.say({ jsonrpc: '2.0', method: '$/event', params: { event: 'tick', payload: 1, seq: 3 } });
  });

  it('that found its bus deaf hears over its link, and nothing twice', async () => {
    const { listen, confirm, core, speak } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 1 });
    await confirm(1, { seq: 4 });
    await listening;
    speak(5, 'by the bus');
    for (const seq of [3, 4, 5, 6]) core.say({ jsonrpc: '2.0', method: '$/event', params: { event: 'tick', payload: seq, seq } });
    await eventually('it heard', () => heard.includes(6));
    assert.deepEqual(heard, [5, 6]);
  });

  it('hears what is addressed to it over its link though it is on the bus', async () => {
    const { listen, greet, confirm, core } = await onBus();
    const heard: unknown[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    await confirm(0, { seq: 1 });
    greet();
    await listening;
    core.say({ jsonrpc: '2.0', method: '$/event', params: { event: 'tick', payload: 'for you', seq: 2 } });
    await eventually('it heard', () => heard.length > 0);
    assert.deepEqual(heard, ['for you']);
  });

  it('that ends while it registers tells the core, and hears nothing', async () => {
    const { listen, greet, confirm, core, speak, stats } = await onBus();
    const controller = new AbortController();
    const listening = listen('tick', () => assert.fail('It heard'), { signal: controller.signal }).catch(() => 'rejected');
    await core.heard('$/listen');
    controller.abort();
    assert.equal(await listening as unknown, 'rejected');
    const { params } = await core.heard('$/unlisten');
    assert.equal(params?.['listener'], (await core.heard('$/listen')).params?.['listener']);
    greet();
    await confirm(0, { seq: 1, retained: { payload: 'kept' } });
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
