/** A connection's end: what is taken for a death, what is not, and what is left behind. */
import { assert } from 'chai';
import { eventually, open, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { fakeClock } from './fake-clock.ts';
import { fakeCore } from './fake-core.ts';

type Any = (command: string, args?: unknown, options?: object) => Promise<unknown>;

/** A connection to a core that the test plays, welcomed. */
async function welcomed(options?: Parameters<typeof open>[1]) {
  const core = fakeCore();
  const connection = open(core.port, options);
  await core.welcome();
  await eventually('it is open', () => connection.stats().state === 'open');
  return { ...connection, core, invoke: connection.invoke as unknown as Any };
}

describe('a core without a lock', () => {
  it('that is silent for half a minute while a call waits counts as dead', async () => {
    const { core, invoke, stats } = await welcomed();
    const clock = fakeClock();
    const call = rejection(invoke('greet'));
    clock.advance(25_000);
    assert.equal(stats().state, 'open');
    clock.advance(10_000);
    assert.deepEqual((await call).details, { reason: 'died' } as never);
    assert.isFalse(core.said.length === 0);
  });

  it('with nobody waiting is left in peace', async () => {
    const { stats } = await welcomed();
    fakeClock().advance(3_600_000);
    assert.equal(stats().state, 'open');
  });
});

describe('a core with a lock', () => {
  it('is never given up for its silence', async () => {
    const lock = `corral:core:${unique()}`;
    let free: (() => void) | undefined;
    await new Promise<void>((held) => void navigator.locks.request(lock, () => new Promise<void>((resolve) => ((free = resolve), held()))));
    const core = fakeCore();
    const { invoke, listen, stats } = open(core.port);
    await core.welcome({ lock });
    await eventually('it is open', () => stats().state === 'open');
    const said: string[] = [];
    await listen('corral:core-unresponsive', () => said.push('unresponsive'));
    const clock = fakeClock();
    const call = rejection((invoke as unknown as Any)('greet'));
    clock.advance(3_600_000);
    assert.equal(stats().state, 'open');
    assert.deepEqual(said, ['unresponsive']);
    free?.();
    // Granted after the client has had it, and given it up again.
    await navigator.locks.request(lock, () => {});
    // What it said at last is given a moment to arrive.
    clock.advance(100);
    assert.deepEqual((await call).details, { reason: 'died' } as never);
  });
});

describe('the signal of a connection', () => {
  it('is not listened to any more once the connection is closed, whatever closed it', async () => {
    const { signal } = new AbortController();
    let listening = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listening++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listening--, remove(...args));
    const { close } = await welcomed({ signal });
    assert.equal(listening, 1);
    close();
    assert.equal(listening, 0);
    const { core, stats } = await welcomed({ signal });
    core.say({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'violations' } });
    await eventually('it is closed', () => stats().state === 'closed');
    open(() => { throw new Error('no core'); }, { signal });
    await eventually('nobody listens', () => listening === 0);
  });
});
