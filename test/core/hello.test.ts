/** Watching over the life of a client: by its lock, or where it has none by its answers, on a clock that the test turns. */
import { assert } from 'chai';
import { watch } from '../../src/core/hello.ts';
import { fakeClock } from '../client/fake-clock.ts';
import { eventually } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

/** A watch over a client without a lock that answers as long as it is asked to. */
function withoutLock() {
  const clock = fakeClock();
  const state = { answers: true, pings: 0, gone: 0 };
  const life = watch(undefined, () => (state.pings++, state.answers && life.alive()), () => state.gone++);
  return { clock, state, life };
}

describe('watch', () => {
  it('asks a client without a lock for a sign of life, and is content with an answer', () => {
    const { clock, state, life } = withoutLock();
    clock.advance(3_600_000);
    assert.isAtLeast(state.pings, 600);
    assert.equal(state.gone, 0);
    life.stop();
  });

  it('gives up one that is silent though asked several times', () => {
    const { clock, state, life } = withoutLock();
    clock.advance(60_000);
    state.answers = false;
    clock.advance(10_000);
    assert.equal(state.gone, 0, 'a page may be busy');
    clock.advance(30_000);
    assert.isAtLeast(state.gone, 1);
    life.stop();
  });

  it('takes anything that the client says for a sign of life', () => {
    const { clock, state, life } = withoutLock();
    state.answers = false;
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(10_000);
      life.alive();
    }
    assert.equal(state.gone, 0);
    life.stop();
  });

  it('does not take a clock that jumps for silence', () => {
    const { clock, state, life } = withoutLock();
    for (let night = 0; night < 3; night++) clock.jump(8 * 3_600_000);
    assert.equal(state.gone, 0);
    life.stop();
  });

  it('ends with its timer', () => {
    const { clock, life } = withoutLock();
    assert.equal(clock.size, 1);
    life.stop();
    assert.equal(clock.size, 0);
  });

  it('sets no timer for a client with a lock, and notices at once when the lock is free', async () => {
    const lock = `corral:client:${unique()}`;
    let die: (() => void) | undefined;
    await new Promise<void>((held) => void navigator.locks.request(lock, () => new Promise<void>((resolve) => ((die = resolve), held()))));
    let gone = 0;
    const life = watch(lock, () => assert.fail('It was asked'), () => gone++);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(gone, 0);
    die?.();
    await eventually('it was noticed', () => gone === 1);
    life.stop();
  });

  it('waits for no lock that is not the lock of a client', () => {
    for (const lock of ['app', 'corral:core:x', '', 5, null, {}]) assert.throws(() => watch(lock, () => {}, () => {}), /lock/);
  });
});
