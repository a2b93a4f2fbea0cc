/** The buses: any script of this origin can shout there, and one that was admitted knows the private name too. */
import { assert } from 'chai';
import * as v from 'valibot';
import { createCore, event } from 'corral/core';
import type { Origin } from '../support/cores/hostile-origin.core.ts';
import { atEnd, eventually, open, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { besiege, besiegeWorker, sparse, type Reply } from './siege.ts';

function shouter(name: string): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  atEnd(() => channel.close());
  return channel;
}

const busOf = ({ result }: Reply): string => (result as { bus: string }).bus;

describe('hostile buses', () => {
  it('34: a core hears nothing on its own bus', async () => {
    const { attacker, core, ran, unharmed } = await besiege();
    const heard: unknown[] = [];
    core.listen('news', ({ payload }) => void heard.push(payload));
    const bus = shouter(busOf(await attacker.hello()));
    for (const method of ['$/event', '$/emit'])
      bus.postMessage({ jsonrpc: '2.0', method, params: { event: 'news', payload: 'forged', seq: 1e9 } });
    bus.postMessage({ jsonrpc: '2.0', id: 1, method: 'take', params: 1 });
    await attacker.settled();
    await unharmed();
    assert.notInclude(heard, 'forged');
    assert.notInclude(ran, 'take');
  });

  it('34: nonsense on the private bus breaks neither the core nor who listens there', async () => {
    const { attacker, unharmed } = await besiege();
    const bus = shouter(busOf(await attacker.hello()));
    for (const message of [
      null,
      undefined,
      1,
      'text',
      [],
      [null],
      [[]],
      {},
      Object.assign([], { forEach: 1 }),
      { method: '$/event' },
      { method: '$/event', params: null },
      { method: '$/event', params: 5 },
      { method: '$/joined', params: { client: null } },
    ])
      bus.postMessage(message);
    await attacker.settled();
    await unharmed();
  });

  it('7: an endless sparse array on the private bus keeps the core from nothing', async () => {
    const { attacker, neighbour } = await besiegeWorker();
    const welcome = await attacker.hello();
    // The core joins its bus when there is someone to tell; a page that listens would hang as well, so nobody does.
    await attacker.ask('$/listen', { event: 'news', listener: 1 });
    await attacker.ask('$/join', { greeted: true });
    neighbour.close();
    shouter(busOf(welcome)).postMessage(sparse());
    await attacker.ask('$/emit', { event: 'news', payload: 'x' });
    for (let turn = 0; turn < 20; turn++) assert.equal((await attacker.ask('take', 1)).result, 'taken');
  });

  it('7: an endless sparse array on the bus of all tabs keeps the core from nothing', async () => {
    const name = unique('origin');
    const worker = new Worker(new URL('../support/cores/hostile-origin.core.ts', import.meta.url), {
      type: 'module',
      name,
    });
    const { emit, listen } = open<Origin>(() => worker);
    const heard: string[] = [];
    await listen('far', ({ payload }) => void heard.push(payload));
    shouter(`corral:${name}`).postMessage(sparse());
    await new Promise((resolve) => setTimeout(resolve, 100));
    await emit('far', 'still here');
    await eventually('it is heard', () => heard.includes('still here'));
  });

  it("34: what comes from other tabs is judged like a stranger's, and counted", async () => {
    const name = unique('origin');
    const core = createCore({
      name,
      events: { far: event(v.string(), { scope: 'origin' }), near: event(v.string()) },
      limits: { nodes: 1000 },
    });
    const { listen } = openInProcess(core);
    const heard: unknown[] = [];
    core.listen('far', ({ payload }) => void heard.push(payload));
    core.listen('near', ({ payload }) => void heard.push(payload));
    await listen('far', ({ payload }) => void heard.push(payload));
    const bus = shouter(`corral:${name}`);
    const say = (payload: unknown, eventName: unknown = 'far'): void =>
      bus.postMessage({ jsonrpc: '2.0', method: '$/event', params: { event: eventName, payload, seq: 1e9 } });
    const nonsense: (() => void)[] = [
      () => bus.postMessage(null),
      () => bus.postMessage({}),
      () => bus.postMessage({ params: null }),
      () => say(5),
      () => say({ far: 'x' }),
      () => say(JSON.parse('{"__proto__":1}')),
      () => say('x', 'near'),
      () => say('x', 'corral:client-left'),
      () => say('x', '__proto__'),
      () => say('x', { toString: 1 }),
      () => say(Array.from({ length: 1001 }, () => 1)),
    ];
    for (const shout of nonsense) shout();
    say('fine');
    await eventually('the honest one is heard by both', () => heard.length === 2);
    assert.deepEqual(heard, ['fine', 'fine']);
    await eventually('the others are counted', () => core.stats().violations >= nonsense.length);
  });
});
