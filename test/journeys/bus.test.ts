/** The bus: only a core speaks on it, only who was welcomed knows its name, and who cannot join it is fed over its link. */
import { assert } from 'chai';
import { createCore, event, serve } from 'corral/core';
import { linkPair, transcript } from 'corral/testing';
import * as v from 'valibot';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { spyOnBuses, toldOnBus } from './buses.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

/** Takes the bus from this page: refused like in a sandboxed frame, or deaf like in another storage partition. */
function breakBuses(how: 'refused' | 'deaf'): void {
  const original = globalThis.BroadcastChannel;
  globalThis.BroadcastChannel = class extends original {
    constructor(name: string) {
      if (how === 'refused') throw new DOMException('Not here', 'SecurityError');
      super(`${name}-of-partition-${crypto.randomUUID()}`);
    }
  };
  atEnd(() => (globalThis.BroadcastChannel = original));
}

const ticking = () => createCore({ name: unique(), events: { tick: event(v.number()), theme: event(v.string(), { retain: true }) } });

describe('the bus', () => {
  it('has a name that cannot be guessed and that is another for every core', async () => {
    const { names } = spyOnBuses();
    for (let round = 0; round < 2; round++) {
      const { listen } = open<Workshop>(() => startWorkshop('same-name'));
      await listen('tick', () => {});
    }
    assert.lengthOf(names, 2);
    assert.notEqual(names[0], names[1]);
    for (const name of names) assert.match(name, /:[0-9a-z]+(-[0-9a-z]+){3}$/);
  });

  it('carries one message for all who listen, however many there are', async () => {
    const core = ticking();
    const pairs = Array.from({ length: 3 }, () => linkPair());
    const transcripts = pairs.map(([left, right]) => {
      const said = transcript([left, right]);
      atEnd(serve(core, right as unknown as MessagePort));
      return said;
    });
    const heard: number[] = [];
    const { heard: spoken } = spyOnBuses();
    await Promise.all(pairs.map(([left]) => open<typeof core>(left as unknown as MessagePort).listen('tick', ({ payload }) => heard.push(payload))));
    await eventually('all are told there', () => transcripts.every(({ lines }) => toldOnBus(lines)));
    await core.emit('tick', 7);
    await eventually('all heard it', () => heard.length === 3);
    assert.isFalse(transcripts.some(({ lines }) => lines.some(({ message }) => (message as { method?: string }).method === '$/event')));
    assert.include(JSON.stringify(spoken), '"payload":7');
  });

  it('is not joined by a client that listens to nothing, and left by one that closes', async () => {
    const { names } = spyOnBuses();
    const core = ticking();
    const { emit, listen, close } = openInProcess(core);
    await emit('tick', 1);
    await listen('corral:core-lost', () => {});
    assert.lengthOf(names, 0);
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    close();
    await core.emit('tick', 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(heard, []);
  });

  it('frames a burst: the events of one tick are a few messages', async () => {
    const { heard: spoken } = spyOnBuses();
    const { invoke, listen } = open<Workshop>(() => startWorkshop());
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    await eventually('it is greeted', () => JSON.stringify(spoken).includes('$/joined'));
    // Asked behind what the greeting made it say.
    await invoke.ping();
    await invoke.burst({ from: 0, to: 1000 });
    await eventually('all were heard', () => heard.length === 1000);
    const frames = spoken.filter((data) => Array.isArray(data) && data.length > 1);
    assert.isAtMost(frames.length, 1000 / 64);
    assert.lengthOf(frames.flat(), 1000);
  });
});

describe('a script that speaks on the bus itself', () => {
  const forged = (event: string, payload: unknown) => ({ jsonrpc: '2.0', method: '$/event', params: { event, payload, seq: 1e9 } });

  it('without the name is heard by nobody', async () => {
    const core = ticking();
    const heard: unknown[] = [];
    const { listen, emit } = openInProcess(core);
    await listen('tick', ({ payload }) => heard.push(payload));
    for (const name of ['corral', core.name, `corral:${core.name}`, `corral:${core.name}:`]) {
      const channel = new BroadcastChannel(name);
      atEnd(() => channel.close());
      channel.postMessage(forged('tick', 666));
      channel.postMessage([forged('tick', 666)]);
    }
    await emit('tick', 1);
    await eventually('the true one was heard', () => heard.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(heard, [1]);
  });

  it('with the name is still not heard by the core: no listener runs there, nothing is retained, no call is made', async () => {
    const { names, heard: spoken } = spyOnBuses();
    const core = ticking();
    const inCore: unknown[] = [];
    core.listen('tick', ({ payload }) => inCore.push(payload));
    core.listen('theme', ({ payload }) => inCore.push(payload));
    const { listen } = openInProcess(core);
    await listen('corral:client-left', () => {});
    await eventually('core and client are on the bus', () => JSON.stringify(spoken).includes('$/joined'));
    const forger = new BroadcastChannel(names[0] ?? assert.fail('The client joined no bus'));
    atEnd(() => forger.close());
    forger.postMessage([forged('tick', 666), forged('theme', 'forged'), { jsonrpc: '2.0', id: 1, method: '$/emit', params: { event: 'tick', payload: 666 } }]);
    // Who listens when it comes may hear it: so nobody does until it has come to both.
    await eventually('it has come to both', () => spoken.filter((data) => JSON.stringify(data).includes('forged')).length === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(inCore, []);
    const retained: unknown[] = [];
    await listen('theme', ({ payload }) => retained.push(payload));
    assert.deepEqual(retained, []);
    assert.equal(core.stats().calls, 0);
  });

  it('with the name and with greetings and numbers of its own keeps no client from what the core says, nor from an answer', async () => {
    const { names } = spyOnBuses();
    const core = ticking();
    let id = '';
    core.listen('corral:client-joined' as never, ({ payload }) => void (id = (payload as { id: string }).id));
    const { listen, emit, stats } = openInProcess(core);
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    const forger = new BroadcastChannel(names[0] ?? assert.fail('The client joined no bus'));
    atEnd(() => forger.close());
    const truth: number[] = [];
    for (const seq of [1e9, 0, -1, Infinity, -Infinity, NaN, '9', {}, null, 2 ** 53]) {
      forger.postMessage({ jsonrpc: '2.0', method: '$/joined', params: { client: id } });
      forger.postMessage({ jsonrpc: '2.0', method: '$/event', params: { event: 'tick', payload: -1, seq } });
      for (let n = 0; n < 5; n++) {
        const value = truth.push(truth.length);
        await emit('tick', value - 1);
      }
    }
    await eventually('the truth was heard', () => heard.filter((one) => one >= 0).length >= truth.length);
    assert.deepEqual(heard.filter((one) => one >= 0), truth);
    await eventually('nothing is open', () => stats().calls === 0);
  });

  it('with the name cannot break a client with nonsense: what the core says is heard as before', async () => {
    const { names } = spyOnBuses();
    const core = ticking();
    const { listen } = openInProcess(core);
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    const forger = new BroadcastChannel(names[0] ?? assert.fail('The client joined no bus'));
    atEnd(() => forger.close());
    const nonsense = [null, undefined, 5, 'text', [], {}, [null, [[]], { method: '$/event' }], { method: '$/event', params: null }, { method: '$/event', params: 7 }, { params: {} }, { method: '$/joined', params: {} }, { method: '$/event', params: { event: {} } }];
    for (const message of nonsense) forger.postMessage(message);
    await core.emit('tick', 1);
    await eventually('the true one was heard', () => heard.length > 0);
    assert.deepEqual(heard, [1]);
  });
});

for (const how of ['refused', 'deaf'] as const) {
  describe(`a client whose bus is ${how}`, () => {
    it('is fed over its link, from its first event on and in order', async () => {
      breakBuses(how);
      const { invoke, listen, emit } = open<Workshop>(() => startWorkshop());
      const heard: number[] = [];
      await listen('tick', ({ payload }) => heard.push(payload));
      await invoke.burst({ from: 0, to: 1000 });
      await emit('tick', 1000);
      assert.deepEqual(heard, Array.from({ length: 1001 }, (_, n) => n));
    });

    it('hears a retained value once, and later listeners hear too', async () => {
      breakBuses(how);
      const core = ticking();
      await core.emit('theme', 'dark');
      const { listen } = openInProcess(core);
      const [one, two]: [string[], string[]] = [[], []];
      await Promise.all([listen('theme', ({ payload }) => one.push(payload)), listen('theme', ({ payload }) => two.push(payload))]);
      await core.emit('theme', 'light');
      await eventually('both heard both', () => one.length === 2 && two.length === 2);
      assert.deepEqual([one, two], [['dark', 'light'], ['dark', 'light']]);
      const three: string[] = [];
      await listen('theme', ({ payload }) => three.push(payload));
      assert.deepEqual(three, ['light']);
    });

    it('hears beside one whose bus is whole', async () => {
      const core = ticking();
      const whole = openInProcess(core);
      const [one, two]: [number[], number[]] = [[], []];
      await whole.listen('tick', ({ payload }) => one.push(payload));
      breakBuses(how);
      const broken = openInProcess(core);
      await broken.listen('tick', ({ payload }) => two.push(payload));
      for (let n = 0; n < 20; n++) await core.emit('tick', n);
      await eventually('both heard all', () => one.length === 20 && two.length === 20);
      assert.deepEqual(one, two);
    });
  });
}

describe('a client that has not found out yet that its bus is deaf', () => {
  it('may give up listening, and the core keeps nothing of it', async () => {
    breakBuses('deaf');
    const core = ticking();
    const { listen, emit } = openInProcess(core);
    await emit('tick', 0);
    const controller = new AbortController();
    const given = rejection(listen('tick', () => assert.fail('It heard'), { signal: controller.signal }));
    controller.abort('up');
    assert.equal(await given as unknown, 'up');
    const unlisten = await listen('tick', () => assert.fail('It heard'));
    unlisten();
    await listen('theme', () => {});
    await core.emit('tick', 1);
    await emit('tick', 2);
    assert.equal(core.stats().listeners, 1);
  });
});
