/** A lost core is asked for again: with patience and a limit; listeners survive, nothing that was sent is sent again. */
import { assert } from 'chai';
import type { Connection, CorralError } from 'corral';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

/** A source that counts how often it was asked, and a way to kill what it gave. */
function workers(make: () => Worker = startWorkshop) {
  const made: Worker[] = [];
  const times: number[] = [];
  return {
    made,
    times,
    source: (): Worker => {
      const worker = make();
      made.push(worker);
      times.push(performance.now());
      return worker;
    },
    kill: () => made.at(-1)?.terminate(),
  };
}

/** The timers of just that delay that are set from now on, and have not been cleared. */
function timersOf(delay: number): ReadonlySet<unknown> {
  const set = new Set<unknown>();
  const { setTimeout, clearTimeout } = globalThis;
  atEnd(() => Object.assign(globalThis, { setTimeout, clearTimeout }));
  globalThis.setTimeout = ((run: () => void, ms?: number, ...args: []) => {
    const timer = setTimeout(run, ms, ...args);
    if (ms === delay) set.add(timer);
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = (timer?: ReturnType<typeof setTimeout> | string) => {
    set.delete(timer);
    clearTimeout(timer as number);
  };
  return set;
}

/** Resolves when the next core is up. */
const restarted = ({ once }: Connection<Workshop>): Promise<unknown> => new Promise((resolve) => void once('corral:core-restarted', resolve));

const quick = { restart: { delay: 10 } };

describe('a lost core', () => {
  it('is started again, and calls go on', async () => {
    const { source, kill, made } = workers();
    const connection = open<Workshop>(source, quick);
    assert.equal(await connection.invoke.count(), 1);
    const up = restarted(connection);
    kill();
    await up;
    assert.equal(await connection.invoke.count(), 1, 'it is a new core, with nothing of the old one');
    assert.lengthOf(made, 2);
    assert.equal(connection.stats().state, 'open');
  });

  it('is started again after it closed itself', async () => {
    const { source, made } = workers();
    const connection = open<Workshop>(source, quick);
    await connection.invoke.ping();
    const up = restarted(connection);
    void connection.invoke.quit().catch(() => {});
    await up;
    assert.equal(await connection.invoke.ping(), 'pong');
    assert.lengthOf(made, 2);
  });

  it('rejects the calls in flight; none of them is sent again', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    await connection.invoke.ping();
    const calls = Array.from({ length: 20 }, (_, n) => rejection(connection.invoke.work(String(n))));
    assert.equal(await connection.invoke.executions(), 20);
    const up = restarted(connection);
    kill();
    for (const error of (await Promise.all(calls)) as CorralError<'CONNECTION_LOST'>[]) assert.deepEqual([error.code, error.details.reason], ['CONNECTION_LOST', 'died']);
    await up;
    assert.equal(await connection.invoke.executions(), 0);
  });

  it('gets the calls that were made while it was away, once and in order', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    await connection.invoke.ping();
    const lost = new Promise((resolve) => void connection.once('corral:core-lost', resolve));
    kill();
    await lost;
    assert.equal(connection.stats().state, 'lost');
    assert.deepEqual(await Promise.all([connection.invoke.count(), connection.invoke.count(), connection.invoke.count()]), [1, 2, 3]);
    assert.equal(await connection.invoke.executions(), 3);
  });

  it('does not get a call that was given up while it was away', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    await connection.invoke.ping();
    const lost = new Promise((resolve) => void connection.once('corral:core-lost', resolve));
    kill();
    await lost;
    const controller = new AbortController();
    const given = rejection(connection.invoke.count(undefined, { signal: controller.signal }));
    controller.abort();
    await given;
    assert.equal(await connection.invoke.executions(), 0);
  });

  it('leaves the listeners where they are: they hear the next core, also what was retained there', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    const ticks: number[] = [];
    const themes: string[] = [];
    await connection.listen('tick', ({ payload }) => ticks.push(payload));
    await connection.listen('theme', ({ payload }) => themes.push(payload));
    await connection.emit('theme', 'dark');
    await connection.emit('tick', 1);
    await eventually('the first core was heard', () => ticks.length === 1 && themes.length === 1);
    for (let round = 2; round <= 3; round++) {
      const up = restarted(connection);
      kill();
      // Sent before any listener of the next core: what it retains is told to those who come back.
      void connection.emit('theme', `dark ${round}`).catch(() => {});
      await up;
      await connection.invoke.burst({ from: round, to: round + 1 });
      await eventually('the next core was heard', () => ticks.length === round);
    }
    assert.deepEqual(ticks, [1, 2, 3]);
    assert.equal(connection.stats().listeners, 2);
    assert.equal((await connection.invoke.stats()).listeners, 2);
    assert.lengthOf(new Set(themes), themes.length, 'no value came twice');
  });

  it('has its old listeners before the calls that waited for it: they hear what those cause', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    const heard: number[] = [];
    await connection.listen('tick', ({ payload }) => heard.push(payload));
    const lost = new Promise<void>((resolve) => void connection.once('corral:core-lost', () => resolve()));
    kill();
    await lost;
    await connection.invoke.burst({ from: 0, to: 3 });
    assert.deepEqual(heard, [0, 1, 2]);
  });

  it('keeps no listener that ended while it was away, and registers one that began then', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    const heard: string[] = [];
    const unlisten = await connection.listen('tick', () => heard.push('old'));
    const lost = new Promise((resolve) => void connection.once('corral:core-lost', resolve));
    kill();
    await lost;
    unlisten();
    const listening = connection.listen('tick', () => heard.push('new'));
    await listening;
    await connection.emit('tick', 1);
    await eventually('it was heard', () => heard.length > 0);
    assert.deepEqual(heard, ['new']);
    assert.equal((await connection.invoke.stats()).listeners, 1);
  });

  it('lets a listen that was under way hold at the next core', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    await connection.invoke.ping();
    void rejection(connection.invoke.loop(5_000));
    const heard: number[] = [];
    const listening = connection.listen('tick', ({ payload }) => heard.push(payload));
    await new Promise((resolve) => setTimeout(resolve, 50));
    kill();
    await listening;
    await connection.emit('tick', 1);
    await eventually('it was heard', () => heard.length === 1);
  });

  it('reports its loss and its return', async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, quick);
    const said: unknown[] = [];
    await connection.listen('corral:core-ready', ({ event }) => said.push(event));
    await connection.listen('corral:core-lost', ({ event, payload: { reason, restarting } }) => said.push([event, reason, restarting]));
    await connection.listen('corral:core-restarted', ({ event, payload }) => said.push([event, typeof payload.client]));
    await connection.invoke.ping();
    const up = restarted(connection);
    kill();
    await up;
    assert.deepEqual(said, ['corral:core-ready', ['corral:core-lost', 'died', true], ['corral:core-restarted', 'string']]);
  });

  it("keeps no timer of the connection's calls: one in flight that would time out rejects once", async () => {
    const { source, kill } = workers();
    const connection = open<Workshop>(source, { ...quick, timeout: 60_000 });
    await connection.invoke.ping();
    const timers = timersOf(54_321);
    const call = rejection(connection.invoke.work('x', { timeout: 54_321 }));
    assert.equal(timers.size, 1);
    kill();
    assert.equal((await call).code, 'CONNECTION_LOST');
    assert.equal(timers.size, 0);
    assert.equal(await connection.invoke.ping(), 'pong');
    assert.equal((await connection.invoke.stats()).violations, 0);
  });
});

describe('a core that is lost again and again', () => {
  /** Its first core is well; every other one is a worker that never serves. */
  const failing = () => {
    let starts = 0;
    return workers(() => (starts++ === 0 ? startWorkshop() : new Worker('/odd/missing.js', { type: 'module' })));
  };

  it('is given up after the attempts that `restart` allows, each waiting twice as long', async () => {
    const { source, kill, made, times } = failing();
    const connection = open<Workshop>(source, { restart: { attempts: 3, delay: 100 } });
    const lost: boolean[] = [];
    await connection.invoke.ping();
    await connection.listen('corral:core-lost', ({ payload }) => lost.push(payload.restarting));
    const waiting = rejection(connection.invoke.work('never sent').catch(async (error: unknown) => {
      assert.equal((error as { code: string }).code, 'CONNECTION_LOST');
      return connection.invoke.ping();
    }));
    kill();
    assert.equal((await waiting).code, 'CONNECTION_LOST');
    assert.deepEqual(lost, [true, true, true, false]);
    assert.lengthOf(made, 4, 'one start and three attempts');
    assert.equal(connection.stats().state, 'closed');
    const [, first = 0, second = 0, third = 0] = times;
    assert.isAtLeast(second - first, 190);
    assert.isAtLeast(third - second, 390);
  });

  it('rejects every listener when it is given up', async () => {
    const { source, kill } = failing();
    const connection = open<Workshop>(source, { restart: { attempts: 1, delay: 10 } });
    await connection.invoke.ping();
    await connection.listen('tick', () => {});
    const lost = new Promise((resolve) => void connection.once('corral:core-lost', resolve));
    kill();
    await lost;
    assert.equal((await rejection(connection.listen('theme', () => {}))).code, 'CONNECTION_LOST');
    await eventually('it was given up', () => connection.stats().state === 'closed');
    assert.equal(connection.stats().listeners, 0);
  });

  it('is not asked for at all with `restart: false`', async () => {
    const { source, kill, made } = workers();
    const connection = open<Workshop>(source, { restart: false });
    await connection.invoke.ping();
    kill();
    await eventually('it is closed', () => connection.stats().state === 'closed');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.lengthOf(made, 1);
  });

  it('is not asked for when the source is a worker: there is no other', async () => {
    const worker = startWorkshop();
    atEnd(() => worker.terminate());
    const connection = open<Workshop>(worker);
    await connection.invoke.ping();
    worker.terminate();
    await eventually('it is closed', () => connection.stats().state === 'closed');
    assert.equal((await rejection(connection.invoke.ping())).code, 'CONNECTION_LOST');
  });

  it('is not asked for after close()', async () => {
    const { source, kill, made } = workers();
    const connection = open<Workshop>(source, { restart: { delay: 50 } });
    await connection.invoke.ping();
    const lost = new Promise((resolve) => void connection.once('corral:core-lost', resolve));
    kill();
    await lost;
    const waiting = rejection(connection.invoke.ping());
    connection.close();
    assert.deepEqual(((await waiting) as CorralError<'CONNECTION_LOST'>).details, { reason: 'ended' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.lengthOf(made, 1);
  });

  it('begins to count anew when it has been up for long', async () => {
    const { source, kill, made } = workers();
    const connection = open<Workshop>(source, { restart: { attempts: 1, delay: 1 } });
    await connection.invoke.ping();
    const now = performance.now.bind(performance);
    let slept = 0;
    performance.now = () => now() + slept;
    atEnd(() => (performance.now = now));
    for (let round = 0; round < 3; round++) {
      const up = restarted(connection);
      slept += 11_000;
      kill();
      await up;
    }
    assert.lengthOf(made, 4);
    kill();
    await eventually('it was given up', () => connection.stats().state === 'closed');
    assert.lengthOf(made, 4);
  });
});
