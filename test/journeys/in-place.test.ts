/** What goes over the link after what went by the bus: an event that was emitted before an answer is heard before it. */
import { assert } from 'chai';
import { command, createCore, event, serve } from 'corral/core';
import { linkPair, transcript } from 'corral/testing';
import * as v from 'valibot';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { spyOnBuses, toldOnBus } from './buses.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

describe('an answer', () => {
  it('comes after the events that were emitted before it, to who called and to who emitted', async () => {
    const { heard: spoken } = spyOnBuses();
    const { invoke, listen, emit } = open<Workshop>(() => startWorkshop());
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    const expected: number[] = [];
    // Over the link first, over the bus after the greeting.
    for (let round = 0; round < 200 || !JSON.stringify(spoken).includes('"payload"'); round++) {
      await invoke.burst({ from: round, to: round + 2 });
      await emit('tick', round + 2);
      expected.push(round, round + 1, round + 2);
      assert.deepEqual(heard, expected, `round ${round}`);
    }
  });

  it('that has to be mended, or refused, keeps its place, and so does what follows it', async () => {
    const core = createCore({
      name: unique(),
      events: { tick: event(v.any()) },
      onError: () => {},
      commands: {
        deep: command({ args: v.number(), handler: async (n, { emit }) => {
          await emit('tick', n);
          return { a: { b: { c: (async function* () { yield n; })() } } };
        } }),
        odd: command({ args: v.number(), handler: async (n, { emit }) => {
          await emit('tick', n);
          return { f: () => n };
        } }),
        told: command({ args: v.number(), handler: async (n, { emit, client }) => {
          await emit('tick', n);
          await client.emit('tick', () => n);
          return n;
        } }),
      },
    });
    const { heard: spoken } = spyOnBuses();
    const { invoke, listen, emit } = openInProcess(core);
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload as number));
    await eventually('it is greeted', () => JSON.stringify(spoken).includes('$/joined'));
    await emit('tick', -1);
    for (let n = 0; n < 60; n++) {
      const answer = await (n % 3 === 0 ? invoke.deep(n) : n % 3 === 1 ? rejection(invoke.odd(n)) : invoke.told(n));
      assert.equal(heard.at(-1), n);
      if (n % 3 === 0) await (answer as unknown as { a: { b: { c: ReadableStream } } }).a.b.c.cancel();
    }
  });

  it('keeps its place when a change of capabilities moves the bus', async () => {
    const core = createCore({
      name: unique(),
      events: { tick: event(v.number()) },
      commands: {
        change: command({ args: v.number(), handler: async (round, { emit }) => {
          for (let n = 0; n < 5; n++) await emit('tick', n);
          core.grant({ identifier: `x${round}`, clients: ['x'], invoke: ['change'], listen: ['tick'] });
          for (let n = 5; n < 10; n++) await emit('tick', n);
        } }),
      },
    });
    const { heard: spoken } = spyOnBuses();
    for (let round = 0; round < 10; round++) {
      const greetings = (): number => JSON.stringify(spoken).split('$/joined').length - 1;
      const before = greetings();
      const pair = [linkPair(), linkPair()] as const;
      atEnd(serve(core, pair[0][1] as unknown as MessagePort));
      atEnd(serve(core, pair[1][1] as unknown as MessagePort, { label: 'x' }));
      core.revoke(`x${round - 1}`);
      core.grant({ identifier: 'x', clients: ['y'], invoke: ['change'] });
      const main = open<typeof core>(pair[0][0] as unknown as MessagePort);
      const heard: number[] = [];
      await main.listen('tick', ({ payload }) => heard.push(payload));
      await eventually('it is greeted', () => greetings() > before);
      await main.emit('tick', -1);
      await main.invoke.change(round);
      assert.deepEqual(heard, [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9], `round ${round}`);
      main.close();
    }
  });

  it('that is posted before its tick ends does not wait for that end: its events are posted too', async () => {
    const core = createCore({
      name: unique(),
      events: { tick: event(v.number()) },
      commands: {
        deep: command({ args: v.number(), handler: (n, { emit }) => {
          void emit('tick', n);
          return { nested: [[n]] };
        } }),
      },
    });
    const [left, right] = linkPair();
    const { lines } = transcript([left, right]);
    const { heard: spoken } = spyOnBuses();
    atEnd(serve(core, right as unknown as MessagePort));
    const { invoke, listen } = open<typeof core>(left as unknown as MessagePort);
    await listen('tick', () => {});
    await eventually('it is told on the bus', () => toldOnBus(lines));
    const [one, two] = [invoke.deep(1), invoke.deep(2)];
    await Promise.all([one, two]);
    // Each was posted by itself, before the tick in which both calls ran had ended.
    const told = spoken.filter((data) => !JSON.stringify(data).includes('$/joined'));
    assert.deepEqual(told.map((data) => (Array.isArray(data) ? data.length : 1)), [1, 1]);
  });

  it('does not wait for an event that could not be cloned', async () => {
    const core = createCore({ name: unique(), events: { odd: event(v.any()) }, commands: { go: command({ handler: (_, { emit }) => emit('odd', () => 1) }) }, onError: () => {} });
    const [left, right] = linkPair();
    const { lines } = transcript([left, right]);
    atEnd(serve(core, right as unknown as MessagePort));
    const { invoke, listen } = open<typeof core>(left as unknown as MessagePort);
    await listen('odd', () => assert.fail('It heard'));
    await eventually('it is told on the bus', () => toldOnBus(lines));
    await invoke.go();
    const answer = lines.flatMap(({ message }) => message).at(-1) as object;
    assert.hasAllKeys(answer, ['jsonrpc', 'id', 'result']);
  });
});
