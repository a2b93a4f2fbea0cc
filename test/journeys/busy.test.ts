/** A core that computes for long is silent, and not dead: it is reported, and nothing is taken from it. */
import { assert } from 'chai';
import { eventually, open, rejection } from '../support/corral.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

/** A connection, and what it was told of the health of its core. */
async function watched() {
  const connection = open<Workshop>(() => startWorkshop());
  const said: string[] = [];
  const silences: number[] = [];
  for (const event of ['corral:core-lost', 'corral:core-restarted'] as const) await connection.listen(event, () => said.push(event));
  for (const event of ['corral:core-unresponsive', 'corral:core-responsive'] as const) {
    await connection.listen(event, ({ payload }) => {
      said.push(event);
      silences.push(payload.silentFor);
    });
  }
  await connection.invoke.ping();
  return { ...connection, said, silences };
}

describe('a core in a synchronous loop', () => {
  it('of ten seconds is not declared dead: its calls are answered, it is reported unresponsive and then responsive', async () => {
    const { invoke, said, silences, listen } = await watched();
    const ticks: number[] = [];
    await listen('tick', ({ payload }) => ticks.push(payload));
    const loop = invoke.loop(10_000);
    const calls = Array.from({ length: 10 }, () => invoke.count());
    void invoke.burst({ from: 0, to: 5 });
    assert.equal(await loop, 'done');
    assert.deepEqual(await Promise.all(calls), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(said, ['corral:core-unresponsive', 'corral:core-responsive']);
    for (const silence of silences) assert.isAtLeast(silence, 3);
    await eventually('events are heard as ever', () => ticks.length === 5);
  });

  it('whose callers lost patience is still reported responsive when it comes back', async () => {
    const { invoke, said } = await watched();
    const patience = new AbortController();
    const loop = rejection(invoke.loop(10_000, { signal: patience.signal }));
    await eventually('it was reported', () => said.length > 0);
    patience.abort();
    assert.equal((await loop).name, 'AbortError');
    assert.deepEqual(said, ['corral:core-unresponsive']);
    await eventually('it came back', () => said.length > 1);
    assert.deepEqual(said, ['corral:core-unresponsive', 'corral:core-responsive']);
    assert.equal(await invoke.ping(), 'pong');
  });
});
