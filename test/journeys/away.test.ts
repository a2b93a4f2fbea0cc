/** A page that goes into the back/forward cache lets its shared core go, and meets it again when it comes back. */
import { assert } from 'chai';
import type { CorralError } from 'corral';
import { atEnd, corralLocks, eventually, open, rejection } from '../support/corral.ts';
import { sharedName, shareWorkshop, startWorkshop, type Workshop } from './workshop.ts';

const hide = (persisted: boolean): void => void dispatchEvent(new PageTransitionEvent('pagehide', { persisted }));
const show = (): void => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));

function here(name: string) {
  const connection = open<Workshop>(() => shareWorkshop(name));
  atEnd(connection.close);
  return connection;
}

/** A client of the same core, which does not go away: it hears nothing of this page's events. */
async function witness(name: string) {
  const { port } = shareWorkshop(name);
  let id = 0;
  const waiting = new Map<number, (value: unknown) => void>();
  port.onmessage = ({ data }) => waiting.get((data as { id: number }).id)?.((data as { result: unknown }).result);
  const ask = <T>(method: string): Promise<T> =>
    new Promise((resolve) => {
      waiting.set(++id, resolve as never);
      port.postMessage({ jsonrpc: '2.0', id, method });
    });
  await ask('ping');
  return { aborted: () => ask<string[]>('aborted'), stats: () => ask<{ clients: number }>('stats'), executions: () => ask<number>('executions') };
}

describe('a page that goes into the back/forward cache', () => {
  it('rejects its open calls, and the core aborts them', async () => {
    const name = sharedName();
    const { invoke, listen } = here(name);
    const { aborted, stats } = await witness(name);
    const lost: string[] = [];
    await listen('corral:core-lost', ({ payload }) => lost.push(payload.reason));
    await invoke.ping();
    const call = rejection(invoke.work('left behind'));
    await invoke.ping();
    hide(true);
    const error = (await call) as CorralError<'CONNECTION_LOST'>;
    assert.deepEqual([error.code, error.details.reason], ['CONNECTION_LOST', 'away']);
    assert.deepEqual(lost, ['away']);
    await eventually('the core let go of it', async () => (await stats()).clients === 0);
    assert.deepEqual(await aborted(), ['left behind']);
  });

  it('holds no lock there, which would keep others waiting', async () => {
    const { invoke } = here(sharedName());
    await invoke.ping();
    hide(true);
    await eventually('its lock is free', async () => !(await corralLocks()).some((lock) => lock.startsWith('corral:client:')));
  });

  it('meets its core again when it comes back: the same core, the same listeners', async () => {
    const name = sharedName();
    const { invoke, listen, stats } = here(name);
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    assert.equal(await invoke.count(), 1);
    hide(true);
    assert.equal(stats().state, 'lost');
    show();
    assert.equal(await invoke.count(), 2);
    await invoke.burst({ from: 0, to: 3 });
    await eventually('it hears again', () => heard.length === 3);
    assert.equal(stats().state, 'open');
    await eventually('the core let go of the one that went', async () => (await invoke.stats()).clients === 1);
    assert.deepEqual(await invoke.stats(), { clients: 1, calls: 1, listeners: 1, channels: 0, resources: 0, violations: 0 });
  });

  it('sends the calls made while it was away once, when it is back', async () => {
    const name = sharedName();
    const { invoke } = here(name);
    const { executions } = await witness(name);
    await invoke.ping();
    hide(true);
    const calls = [invoke.count(), invoke.count()];
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await executions(), 0);
    show();
    assert.deepEqual(await Promise.all(calls), [1, 2]);
  });

  it('may go and come back many times', async () => {
    const { invoke, listen } = here(sharedName());
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    for (let round = 0; round < 8; round++) {
      hide(true);
      show();
      assert.equal(await invoke.count(), round + 1);
      await invoke.burst({ from: round, to: round + 1 });
      await eventually('it hears again', () => heard.length === round + 1);
    }
    await eventually('the core let go of those that went', async () => (await invoke.stats()).clients === 1);
  });

  it('may close its connection on the way, and stays closed when it comes back', async () => {
    const name = sharedName();
    const { invoke, close, stats } = here(name);
    const { stats: statsOfCore } = await witness(name);
    await invoke.ping();
    hide(true);
    close();
    show();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(stats().state, 'closed');
    assert.equal((await rejection(invoke.ping())).code, 'CONNECTION_LOST');
    await eventually('the core let go of it', async () => (await statsOfCore()).clients === 0);
  });

  it('before it was welcomed is welcomed when it comes back', async () => {
    const { invoke } = here(sharedName());
    const call = invoke.ping();
    hide(true);
    show();
    assert.equal(await call, 'pong');
  });
});

describe('a page that is hidden for good, or has a worker of its own', () => {
  it('keeps its connection when the page is not kept: what ends it is the end of the page', async () => {
    const { invoke, stats } = here(sharedName());
    await invoke.ping();
    hide(false);
    assert.equal(stats().state, 'open');
    assert.equal(await invoke.ping(), 'pong');
  });

  it('keeps its dedicated worker, which sleeps and wakes with it', async () => {
    const { invoke, stats, listen } = open<Workshop>(() => startWorkshop());
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    const answer = invoke.count();
    hide(true);
    assert.equal(stats().state, 'open');
    assert.equal(await answer, 1);
    show();
    await invoke.burst({ from: 0, to: 2 });
    await eventually('it hears', () => heard.length === 2);
    assert.equal(await invoke.count(), 2);
  });

  it('leaves no listener on the page when its connection closes', async () => {
    let listening = 0;
    const { addEventListener: add, removeEventListener: remove } = globalThis;
    globalThis.addEventListener = ((...args: Parameters<typeof add>) => { if (String(args[0]).startsWith('page')) listening++; add(...args); }) as typeof add;
    globalThis.removeEventListener = ((...args: Parameters<typeof remove>) => { if (String(args[0]).startsWith('page')) listening--; remove(...args); }) as typeof remove;
    atEnd(() => Object.assign(globalThis, { addEventListener: add, removeEventListener: remove }));
    const { invoke, close } = here(sharedName());
    await invoke.ping();
    assert.equal(listening, 1);
    close();
    assert.equal(listening, 0);
  });
});
