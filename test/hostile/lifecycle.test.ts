/** Deaths, hangs and vanishing: every call in flight settles, and the other side lets go of what was open. */
import { assert } from 'chai';
import { connect } from 'corral';
import { serve } from 'corral/core';
import { linkPair } from 'corral/testing';
import type { Dying } from '../support/cores/hostile-dying.core.ts';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { attackAt, besiege } from './siege.ts';
import { createVictim, type VictimCore } from './victim.ts';

const dyingWorker = (): Worker =>
  new Worker(new URL('../support/cores/hostile-dying.core.ts', import.meta.url), { type: 'module' });

const reasonOf = ({ details }: { details?: unknown }): unknown => (details as { reason: unknown }).reason;

describe('hostile lives', () => {
  it('48: a terminated worker leaves none of 100 calls open, and nothing listening', async () => {
    const worker = dyingWorker();
    const { invoke, listen, stats } = open<Dying>(worker);
    await invoke.greet();
    const lost: string[] = [];
    await listen('corral:core-lost', ({ payload }) => void lost.push(payload.reason));
    const calls = Array.from({ length: 100 }, () => rejection(invoke.sleep()));
    await invoke.greet();
    worker.terminate();
    for (const error of await Promise.all(calls))
      assert.deepInclude(error, { code: 'CONNECTION_LOST', side: 'client' });
    assert.equal(reasonOf(await rejection(invoke.greet())), 'died');
    assert.deepEqual(lost, ['died']);
    assert.deepInclude(stats(), { calls: 0, listeners: 0, state: 'closed' });
  });

  it('48: a worker that closes itself leaves none open either, and says so', async () => {
    const { invoke } = open<Dying>(dyingWorker());
    await invoke.greet();
    const calls = Array.from({ length: 100 }, () => rejection(invoke.sleep()));
    void invoke.quit().catch(() => {});
    for (const error of await Promise.all(calls)) {
      assert.equal(error.code, 'CONNECTION_LOST');
      assert.include(['closed', 'died'], reasonOf(error));
    }
  });

  it('48: a core that dies again and again is given up, and nothing was asked twice', async () => {
    let started = 0;
    const source = (): Worker => (started++, dyingWorker());
    const { invoke, listen, stats } = open<Dying>(source, { restart: { attempts: 2, delay: 10 } });
    const told: string[] = [];
    await listen('corral:core-restarted', () => void told.push('restarted'));
    await listen('corral:core-lost', ({ payload }) => void told.push(payload.restarting ? 'lost' : 'given up'));
    for (let death = 0; death < 3; death++) {
      await invoke.greet();
      const error = await rejection(invoke.die());
      assert.equal(error.code, 'CONNECTION_LOST');
      if (death < 2) await eventually('it is restarted', () => stats().state === 'open');
    }
    await eventually('it is given up', () => stats().state === 'closed');
    assert.deepEqual(told, ['lost', 'restarted', 'lost', 'restarted', 'given up']);
    assert.equal(started, 3);
    assert.equal((await rejection(invoke.greet())).code, 'CONNECTION_LOST');
  });

  it('49: a core that loops for ever is told of; terminated, its calls reject and a new one serves', async () => {
    let worker: Worker | undefined;
    const { invoke, listen } = open<Dying>(() => (worker = dyingWorker()));
    await invoke.greet();
    const told: string[] = [];
    await listen('corral:core-unresponsive', ({ payload }) => {
      told.push(`silent for ${typeof payload.silentFor}`);
      worker?.terminate();
    });
    await listen('corral:core-restarted', () => void told.push('restarted'));
    const looping = [rejection(invoke.loop()), rejection(invoke.greet())];
    for (const error of await Promise.all(looping))
      assert.deepInclude(error, { code: 'CONNECTION_LOST', side: 'client' });
    assert.equal(await invoke.greet(), 'hello');
    assert.deepEqual(told, ['silent for number', 'restarted']);
  });

  it('49: closing needs no word from a core that loops', async () => {
    const { invoke, close, stats } = open<Dying>(dyingWorker);
    await invoke.greet();
    const looping = rejection(invoke.loop());
    await new Promise((resolve) => setTimeout(resolve, 50));
    close();
    assert.equal(reasonOf(await looping), 'ended');
    assert.deepInclude(stats(), { state: 'closed', calls: 0 });
  });

  it('54: a page that vanishes has its calls aborted and its listeners forgotten', async () => {
    const { core, ran, unharmed } = await besiege();
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const { navigator } = frame.contentWindow as Window;
    const lock = `corral:client:${unique()}`;
    await new Promise<void>(
      (held) => void navigator.locks.request(lock, () => new Promise(() => held())).catch(() => {}),
    );
    const { port1, port2 } = new MessageChannel();
    atEnd(serve(core, port1));
    const vanishing = attackAt(port2);
    await vanishing.hello({ label: 'vanishing', lock });
    await vanishing.ask('$/listen', { event: 'news', listener: 1 });
    vanishing.post({ jsonrpc: '2.0', id: 1, method: 'wait', params: { gate: 'vanishing' } });
    await vanishing.settled();
    assert.deepInclude(core.stats(), { clients: 2, listeners: 2 });
    frame.remove();
    await eventually('its handler is aborted', () => ran.includes('aborted vanishing AbortError'));
    assert.deepInclude(core.stats(), { clients: 1, listeners: 1 });
    await unharmed();
  });

  it('54: a page that closes its connection lets go of everything at once', async () => {
    const { core, ran, unharmed } = await besiege();
    const { port1, port2 } = new MessageChannel();
    atEnd(serve(core, port1));
    const { invoke, listen, close } = connect<VictimCore>(port2);
    const waiting = [1, 2, 3].map((gate) => rejection(invoke.wait({ gate: `page ${gate}` })));
    await listen('news', () => {});
    close();
    for (const error of await Promise.all(waiting)) assert.equal(reasonOf(error), 'ended');
    await eventually(
      'its handlers are aborted',
      () => ran.filter((line) => line.startsWith('aborted page ')).length === 3,
    );
    assert.deepInclude(core.stats(), { clients: 1, listeners: 1 });
    await unharmed();
  });

  it('55: a message that a client cannot deserialize settles all that it may have answered', async () => {
    const { core, ran } = createVictim(unique('victim'));
    const served: (() => void)[] = [];
    let far: ReturnType<typeof linkPair>[1] | undefined;
    const source = (): MessagePort => {
      const [near, other] = linkPair();
      far = other;
      served.push(serve(core, other as unknown as MessagePort));
      return near as unknown as MessagePort;
    };
    atEnd(() => served.forEach((stop) => stop()));
    const { invoke, listen, stats } = open<VictimCore>(source, { restart: { delay: 1 } });
    const heard: string[] = [];
    await listen('news', ({ payload }) => void heard.push(payload));
    const waiting = rejection(invoke.wait({ gate: 'garbled' }));
    await eventually('it runs', () => ran.includes('wait garbled'));
    far?.garble();
    const error = await waiting;
    assert.deepInclude(error, { code: 'CONNECTION_LOST', side: 'client' });
    assert.equal(reasonOf(error), 'garbled');
    await eventually('it is back', () => stats().state === 'open');
    // Answered behind the listener that has moved.
    assert.equal(await invoke.take(1), 'taken');
    await eventually('the core has let go of the old call', () => core.stats().calls === 0);
    await core.emit('news', 'heard again');
    await eventually('the listener is there again', () => heard.includes('heard again'));
    assert.deepEqual(heard, ['heard again']);
  });

  it('55: a message that the core cannot deserialize is counted, and its client told', async () => {
    const { core, errors } = createVictim(unique('victim'));
    const [near, far] = linkPair();
    atEnd(serve(core, far as unknown as MessagePort));
    const { invoke } = open<VictimCore>(near as unknown as MessagePort);
    const waiting = rejection(invoke.wait({ gate: 'garbled' }));
    await invoke.take(1);
    near.garble();
    assert.equal(reasonOf(await waiting), 'garbled');
    assert.equal(core.stats().violations, 1);
    await eventually('the core holds nothing of it', () => core.stats().calls === 0);
    assert.isAtMost(errors.length, 1);
  });

  it('56: a clock that jumps makes no core dead or silent', async () => {
    const { invoke, listen, stats } = open<Dying>(dyingWorker);
    const told: string[] = [];
    for (const event of ['corral:core-lost', 'corral:core-unresponsive'] as const)
      await listen(event, () => void told.push(event));
    const napping = invoke.nap({ ms: 2_500 });
    await invoke.greet();
    const { now } = performance;
    const { now: today } = Date;
    atEnd(() => {
      performance.now = now;
      Date.now = today;
    });
    for (const jump of [3_600_000, -3_600_000, 1e12]) {
      performance.now = () => now.call(performance) + jump;
      Date.now = () => today() + jump;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    assert.equal(await napping, 'rested');
    assert.deepEqual(told, []);
    assert.equal(stats().state, 'open');
  });

  it('56: a page that was suspended for long finds its core where it left it', async () => {
    const { invoke, listen } = open<Dying>(dyingWorker);
    const told: string[] = [];
    for (const event of ['corral:core-lost', 'corral:core-unresponsive'] as const)
      await listen(event, () => void told.push(event));
    const napping = invoke.nap({ ms: 5_000 });
    await invoke.greet();
    const end = performance.now() + 4_500;
    while (performance.now() < end);
    assert.equal(await napping, 'rested');
    assert.deepEqual(told, []);
  });

  it('46: a core that computes for long is silent, not dead: told of, waited for, and back', async () => {
    const { invoke, listen, stats } = open<Dying>(dyingWorker);
    await invoke.greet();
    const told: string[] = [];
    for (const event of ['corral:core-lost', 'corral:core-unresponsive', 'corral:core-responsive'] as const)
      await listen(event, () => void told.push(event));
    const answers = await Promise.all([
      invoke.busy({ ms: 9_000 }),
      ...Array.from({ length: 50 }, () => invoke.greet()),
    ]);
    assert.deepEqual(answers, ['computed', ...Array.from({ length: 50 }, () => 'hello')]);
    assert.deepEqual(told, ['corral:core-unresponsive', 'corral:core-responsive']);
    assert.deepInclude(stats(), { state: 'open', calls: 0, strays: 0 });
  });
});
