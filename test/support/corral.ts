/** What every test leaves behind: nothing. Opens connections, and at the end proves that they left an empty corral. */
import { assert } from 'chai';
import { connect, type Connection, type ConnectionStats, type Contract } from 'corral';
import type { Core, CoreStats } from 'corral/core';
import { connectInProcess, type InProcess } from 'corral/testing';

type Options = Parameters<typeof connect>[1];

const connections: { close(): void; stats(): ConnectionStats }[] = [];
const cores: { stats(): CoreStats }[] = [];
const cleanups: (() => unknown)[] = [];

/** Connects, and closes at the end of the test. */
export function open<C extends Contract>(source: Parameters<typeof connect>[0], options?: Options): Connection<C> {
  const connection = connect<C>(source, options);
  connections.push(connection);
  return connection;
}

/** Connects to a core in this thread, and closes both at the end of the test. */
export function openInProcess<C extends Core>(core: C, options?: Options): InProcess<C> {
  const connection = connectInProcess(core, options);
  connections.push(connection);
  cores.push(core);
  return connection;
}

/** Runs at the end of the test, the last one first. */
export function atEnd(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Resolves when the condition holds; rejects with its description if it does not, not even on a machine that is busy with other things. */
export async function eventually(what: string, holds: () => unknown, patience = 30_000): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    if (await holds()) return;
    if (performance.now() > deadline) throw new Error(`It never came true that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The names of Corral's locks that this origin holds or waits for. */
export async function corralLocks(): Promise<string[]> {
  const { held = [], pending = [] } = await navigator.locks.query();
  return [...held, ...pending].map(({ name }) => name ?? '').filter((name) => name.startsWith('corral:'));
}

afterEach('leaves an empty corral', async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  const open = connections.splice(0);
  for (const connection of open) connection.close();
  for (const connection of open) {
    const { calls, listeners, channels, state } = connection.stats();
    assert.deepEqual({ calls, listeners, channels, state }, { calls: 0, listeners: 0, channels: 0, state: 'closed' });
  }
  for (const core of cores.splice(0)) {
    await eventually('the core has no client, call, listener or channel left', () => {
      const { clients, calls, listeners, channels } = core.stats();
      return clients + calls + listeners + channels === 0;
    });
  }
  await eventually('no lock of Corral is held', async () => (await corralLocks()).length === 0);
});

/** The error that a promise rejects with. Fails if it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string; details?: never; side?: string }> {
  const resolved = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in resolved) return resolved.error as never;
  throw new Error(`It resolved with ${JSON.stringify(resolved.value)} instead of rejecting.`);
}
