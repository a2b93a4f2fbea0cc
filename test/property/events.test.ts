/** Two clients that listen, stop listening and emit in any order: each listener hears what comes after it, in order. */
import { assert } from 'chai';
import { createCore, event } from 'corral/core';
import { connectInProcess } from 'corral/testing';
import fc from 'fast-check';
import * as v from 'valibot';
import { eventually } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import './arbitraries.ts';

type Name = 'plain' | 'retained' | 'slow';
type Step = { client: 0 | 1; wait: boolean } & (
  { do: 'emit' | 'listen' | 'core'; event: Name } | { do: 'unlisten'; which: number }
);

/** A schema that takes its time, and longer for one payload than for the next. */
const slow = v.pipeAsync(
  v.number(),
  v.checkAsync(async (value) => {
    for (let turns = value % 5; turns > 0; turns--) await null;
    return true;
  }),
);

const events = {
  plain: event(v.number()),
  retained: event(v.number(), { retain: true }),
  slow: event(slow),
  end: event(),
};

const scripts = (names: Name[]): fc.Arbitrary<Step[]> => {
  const client = fc.constantFrom<0 | 1>(0, 1);
  const name = fc.constantFrom(...names);
  const emit = fc.record({ client, wait: fc.boolean(), do: fc.constant('emit' as const), event: name });
  const listen = fc.record({ client, wait: fc.boolean(), do: fc.constant('listen' as const), event: name });
  const unlisten = fc.record({ client, wait: fc.boolean(), do: fc.constant('unlisten' as const), which: fc.nat() });
  const core = fc.record({ client, wait: fc.boolean(), do: fc.constant('core' as const), event: name });
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: emit },
      { weight: 3, arbitrary: listen },
      { weight: 1, arbitrary: unlisten },
      { weight: 1, arbitrary: core },
    ),
    { maxLength: 25, size: 'max' },
  );
};

interface Listener {
  event: Name;
  heard: number[];
  /** What the core had taken before this was asked for: not for this one, but for the last retained value. */
  tooEarly: number[];
  /** What was emitted when this held: all of it is for this one, until it is stopped. */
  due: number[];
  holds: boolean;
  stop?: () => void;
  /** How many it had heard when it was stopped. */
  stopped?: number;
}

/** An event as the core told it; payloads count up in the order of emitting. */
interface Told {
  event: Name;
  payload: number;
  emitter: string;
}

/** Plays a script, and returns all that the core told, in order, and who heard what of it. */
async function play(script: readonly Step[]): Promise<{ told: Told[]; listeners: Listener[] }> {
  const core = createCore({ name: unique(), events });
  const clients = [connectInProcess(core), connectInProcess(core)] as const;
  const told: Told[] = [];
  const emitters: string[] = [];
  for (const name of ['plain', 'retained', 'slow'] as const) {
    core.listen(name, (heard) =>
      told.push({ event: name, payload: heard.payload, emitter: emitters[heard.payload] as string }),
    );
  }
  const listeners: Listener[] = [];
  const pending: Promise<unknown>[] = [];
  // Not awaited: the clients are still joining the bus while the first events come.
  const ends = clients.map(
    ({ listen }) => new Promise<void>((resolve) => pending.push(listen('end', () => resolve()))),
  );

  for (const step of script) {
    let done: Promise<unknown> = Promise.resolve();
    if (step.do === 'emit' || step.do === 'core') {
      const value = emitters.push(step.do === 'core' ? 'core' : `client ${step.client}`) - 1;
      for (const { event: name, due, holds, stopped } of listeners)
        if (holds && stopped === undefined && name === step.event) due.push(value);
      done = step.do === 'core' ? core.emit(step.event, value) : clients[step.client].emit(step.event, value);
    } else if (step.do === 'listen') {
      const listener: Listener = {
        event: step.event,
        heard: [],
        tooEarly: orderOf(step.event, told),
        due: [],
        holds: false,
      };
      listeners.push(listener);
      done = clients[step.client]
        .listen(step.event, ({ payload: value }) => listener.heard.push(value))
        .then((unlisten) => {
          listener.holds = true;
          listener.stop = unlisten;
        });
    } else if (step.do === 'unlisten') {
      const { which } = step;
      const listener = listeners.filter(({ stop, stopped }) => stop && stopped === undefined)[which % listeners.length];
      if (listener) {
        listener.stop?.();
        listener.stopped = listener.heard.length;
      }
    }
    pending.push(done);
    if (step.wait) await done;
  }
  await Promise.all(pending);
  await core.emit('end');
  await Promise.all(ends);
  const listening = 2 + listeners.filter(({ stopped }) => stopped === undefined).length;
  await eventually(`the core knows of ${listening} listeners`, () => core.stats().listeners === listening);
  for (const client of clients) client.close();
  return { told, listeners };
}

const orderOf = (name: Name, told: readonly Told[]): number[] =>
  told.filter(({ event: of }) => of === name).map(({ payload }) => payload);

function judge({ event: name, heard, tooEarly, due, stopped }: Listener, order: readonly number[]): void {
  const from = order.indexOf(heard[0] as number);
  if (heard.length > 0) {
    assert.deepEqual(
      heard,
      order.slice(from, from + heard.length),
      'a part of what was emitted, in order, without gap or repetition',
    );
  }
  const early = heard.filter((value) => tooEarly.includes(value));
  if (name === 'retained')
    assert.isTrue(
      early.length === 0 || (early.length === 1 && heard[0] === early[0]),
      'of what was before, at most the last value',
    );
  else assert.deepEqual(early, [], 'nothing of what was before');
  if (stopped !== undefined) return assert.lengthOf(heard, stopped, 'nothing after it was stopped');
  assert.includeMembers(heard, due, 'all that was emitted since it holds');
  if (heard.length > 0) assert.equal(heard.at(-1), order.at(-1), 'to the last');
  if (name === 'retained' && tooEarly.length > 0) assert.isNotEmpty(heard, 'a retained value');
}

describe('events, in any order of listening, emitting and stopping', function () {
  this.timeout(300_000);

  it('reach each listener once, in order, from its registration on', async () => {
    await fc.assert(
      fc.asyncProperty(scripts(['plain', 'retained']), async (script) => {
        const { told, listeners } = await play(script);
        for (const listener of listeners) judge(listener, orderOf(listener.event, told));
      }),
      { numRuns: 40 },
    );
  });

  it('do so too when schemas take their time, and keep the order in which one client emitted', async () => {
    await fc.assert(
      fc.asyncProperty(scripts(['plain', 'retained', 'slow']), async (script) => {
        const { told, listeners } = await play(script);
        for (const listener of listeners) judge(listener, orderOf(listener.event, told));
        for (const emitter of ['client 0', 'client 1', 'core']) {
          const own = told.filter((one) => one.emitter === emitter).map(({ payload }) => payload);
          assert.deepEqual(
            own,
            own.toSorted((a, b) => a - b),
            `${emitter} emitted in this order, whatever the event`,
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});
