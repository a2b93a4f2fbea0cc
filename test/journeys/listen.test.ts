/** Listening: when it begins, when it ends, what it never misses. */
import { assert } from 'chai';
import { command, createCore, event } from 'corral/core';
import * as v from 'valibot';
import { eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { collectUncaught } from './uncaught.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

const ticking = () => createCore({ name: unique(), events: { tick: event(v.number()), text: event(v.string()) }, commands: { ping: command({ handler: () => 1 }) } });

describe('listen', () => {
  it('hears what the core and other clients emit, and what this client emits', async () => {
    const core = ticking();
    const [one, two] = [openInProcess(core), openInProcess(core)];
    const heard: number[] = [];
    await one.listen('tick', ({ payload }) => heard.push(payload));
    await core.emit('tick', 1);
    await two.emit('tick', 2);
    await one.emit('tick', 3);
    await eventually('all three were heard', () => heard.length === 3);
    assert.deepEqual(heard, [1, 2, 3]);
  });

  it('gives the handler the name of the event, the payload and the number of the listener', async () => {
    const core = ticking();
    const { listen, emit } = openInProcess(core);
    const heard: { event: string; id: number; payload: unknown }[] = [];
    await listen('tick', (message) => heard.push(message));
    await listen('tick', (message) => heard.push(message));
    await emit('tick', 7);
    await eventually('both heard it', () => heard.length === 2);
    assert.deepEqual(heard.map(({ event: name, payload }) => [name, payload]), [['tick', 7], ['tick', 7]]);
    assert.notEqual(heard[0]?.id, heard[1]?.id);
  });

  it('has registered before it resolves: not one of the 10,000 events that follow is missed', async () => {
    const { invoke, listen } = open<Workshop>(() => startWorkshop());
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    void invoke.burst({ from: 0, to: 10_000 });
    await eventually('all were heard', () => heard.length >= 10_000);
    assert.deepEqual(heard, Array.from({ length: 10_000 }, (_, n) => n));
  });

  it('begins where it was asked for: nothing before, everything after, whoever else is listening', async () => {
    const { invoke, listen } = open<Workshop>(() => startWorkshop());
    const early: number[] = [];
    const late: number[] = [];
    await listen('tick', ({ payload }) => early.push(payload));
    void invoke.burst({ from: 0, to: 100 });
    const registered = listen('tick', ({ payload }) => late.push(payload));
    void invoke.burst({ from: 100, to: 200 });
    await registered;
    await eventually('both heard the end', () => early.length === 200 && late.length === 100);
    assert.deepEqual(early, Array.from({ length: 200 }, (_, n) => n));
    assert.deepEqual(late, Array.from({ length: 100 }, (_, n) => n + 100));
  });

  it('waits for a core that is not up yet', async () => {
    const core = createCore({ name: unique(), events: { tick: event(v.number()) }, setup: () => new Promise((resolve) => setTimeout(resolve, 40)) });
    const { listen, emit } = openInProcess(core);
    const heard: number[] = [];
    const listening = listen('tick', ({ payload }) => heard.push(payload));
    const emitted = emit('tick', 1);
    await Promise.all([listening, emitted]);
    await eventually('it was heard', () => heard.length === 1);
  });

  it('keeps one listener from the throw of another', async () => {
    const core = ticking();
    const { listen, emit } = openInProcess(core);
    const uncaught = collectUncaught();
    const heard: string[] = [];
    await listen('tick', () => heard.push('first'));
    await listen('tick', () => { throw new Error('the second fell over'); });
    await listen('tick', () => heard.push('third'));
    await emit('tick', 1);
    await emit('tick', 2);
    await eventually('the others heard both', () => heard.length === 4 && uncaught.length === 2);
    assert.deepEqual(heard, ['first', 'third', 'first', 'third']);
    assert.include(uncaught[0], 'the second fell over');
  });

  it('is OVERLOADED over the limit, and a listener that ends makes room', async () => {
    const core = createCore({ name: unique(), events: { tick: event(v.number()) }, limits: { listeners: 2 } });
    const { listen, stats } = openInProcess(core);
    const first = await listen('tick', () => {});
    await listen('tick', () => {});
    const error = await rejection(listen('tick', () => {}));
    assert.deepEqual([error.code, error.details], ['OVERLOADED', { limit: 'listeners', allowed: 2 } as never]);
    assert.equal(stats().listeners, 2);
    first();
    await listen('tick', () => {});
  });

  it('does not hear what another event carries', async () => {
    const core = ticking();
    const { listen, emit } = openInProcess(core);
    const heard: unknown[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    await emit('text', 'x');
    await emit('tick', 1);
    await eventually('its own was heard', () => heard.length > 0);
    assert.deepEqual(heard, [1]);
  });
});

describe('unlisten', () => {
  it('ends the listening, on both sides, and may be called twice', async () => {
    const core = ticking();
    const { invoke, listen, emit, stats } = openInProcess(core);
    const gone: number[] = [];
    const stays: number[] = [];
    const unlisten = await listen('tick', ({ payload }) => gone.push(payload));
    await listen('tick', ({ payload }) => stays.push(payload));
    assert.equal(core.stats().listeners, 2);
    unlisten();
    unlisten();
    await invoke.ping();
    assert.equal(stats().listeners, 1);
    assert.equal(core.stats().listeners, 1);
    await emit('tick', 1);
    await eventually('the other heard it', () => stays.length === 1);
    assert.deepEqual(gone, []);
  });

  it('may be called by the handler itself', async () => {
    const core = ticking();
    const { listen, emit } = openInProcess(core);
    const heard: number[] = [];
    const others: number[] = [];
    const unlisten = await listen('tick', ({ payload }) => {
      heard.push(payload);
      unlisten();
    });
    await listen('tick', ({ payload }) => others.push(payload));
    for (const n of [1, 2, 3]) await emit('tick', n);
    await eventually('the other heard all', () => others.length === 3);
    assert.deepEqual(heard, [1]);
  });

  it("leaves no listener of the last one in the core's books", async () => {
    const core = ticking();
    const { invoke, listen } = openInProcess(core);
    for (let round = 0; round < 50; round++) (await listen('tick', () => {}))();
    await invoke.ping();
    assert.equal(core.stats().listeners, 0);
  });

  it('after the connection was closed does nothing', async () => {
    const { listen, close } = openInProcess(ticking());
    const unlisten = await listen('tick', () => {});
    close();
    unlisten();
  });
});

describe('the signal of a listener', () => {
  it('aborted before: it rejects with the reason and never listens', async () => {
    const core = ticking();
    const { invoke, listen, stats } = openInProcess(core);
    assert.equal(await rejection(listen('tick', () => {}, { signal: AbortSignal.abort('no') })) as unknown, 'no');
    await invoke.ping();
    assert.deepEqual([stats().listeners, core.stats().listeners], [0, 0]);
  });

  it('aborted while it registers: it rejects with the reason and nothing is left', async () => {
    const core = ticking();
    const { invoke, listen, stats } = openInProcess(core);
    await invoke.ping();
    const controller = new AbortController();
    const listening = rejection(listen('tick', () => assert.fail('It heard'), { signal: controller.signal }));
    controller.abort('changed my mind');
    assert.equal(await listening as unknown, 'changed my mind');
    await core.emit('tick', 1);
    await invoke.ping();
    assert.deepEqual([stats().listeners, core.stats().listeners], [0, 0]);
  });

  it('aborted while the core is not up yet: it rejects, and the core never hears of it', async () => {
    const core = createCore({ name: unique(), events: { tick: event(v.number()) }, setup: () => new Promise((resolve) => setTimeout(resolve, 40)), commands: { ping: command({ handler: () => 1 }) } });
    const { invoke, listen } = openInProcess(core);
    const controller = new AbortController();
    const listening = rejection(listen('tick', () => {}, { signal: controller.signal }));
    controller.abort('early');
    assert.equal(await listening as unknown, 'early');
    await invoke.ping();
    assert.equal(core.stats().listeners, 0);
  });

  it('aborted after: it ends the listening', async () => {
    const core = ticking();
    const { invoke, listen, emit, stats } = openInProcess(core);
    const heard: number[] = [];
    const controller = new AbortController();
    const unlisten = await listen('tick', ({ payload }) => heard.push(payload), { signal: controller.signal });
    await emit('tick', 1);
    await eventually('it heard', () => heard.length === 1);
    controller.abort();
    await emit('tick', 2);
    await invoke.ping();
    unlisten();
    assert.deepEqual(heard, [1]);
    assert.deepEqual([stats().listeners, core.stats().listeners], [0, 0]);
  });
});

describe('once', () => {
  it('hears the next event and no more', async () => {
    const core = ticking();
    const { invoke, listen, once, emit, stats } = openInProcess(core);
    const heard: number[] = [];
    const all: number[] = [];
    await listen('tick', ({ payload }) => all.push(payload));
    await once('tick', ({ payload }) => heard.push(payload));
    await Promise.all([1, 2, 3].map((n) => emit('tick', n)));
    await eventually('the other heard all', () => all.length === 3);
    await invoke.ping();
    assert.deepEqual(heard, [1]);
    assert.deepEqual([stats().listeners, core.stats().listeners], [1, 1]);
  });

  it('may be ended before it heard anything, by function or by signal', async () => {
    const core = ticking();
    const { listen, once, emit, stats } = openInProcess(core);
    const heard: number[] = [];
    const all: number[] = [];
    const controller = new AbortController();
    await listen('tick', ({ payload }) => all.push(payload));
    (await once('tick', ({ payload }) => heard.push(payload)))();
    await once('tick', ({ payload }) => heard.push(payload), { signal: controller.signal });
    controller.abort();
    await emit('tick', 1);
    await eventually('the other heard it', () => all.length === 1);
    assert.deepEqual(heard, []);
    assert.equal(stats().listeners, 1);
  });

  it('is over also when its handler throws', async () => {
    const core = ticking();
    const { once, listen, emit, stats } = openInProcess(core);
    const all: number[] = [];
    let runs = 0;
    const uncaught = collectUncaught();
    await listen('tick', ({ payload }) => all.push(payload));
    await once('tick', () => { runs++; throw new Error('once is enough'); });
    await emit('tick', 1);
    await emit('tick', 2);
    await eventually('the other heard both', () => all.length === 2);
    assert.equal(runs, 1);
    assert.lengthOf(uncaught, 1);
    assert.equal(stats().listeners, 1);
  });
});
