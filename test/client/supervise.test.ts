/** Noticing a core that does not start or is silent, on a clock that the test turns. */
import { assert } from 'chai';
import { watchPulse, watchStart } from '../../src/client/supervise.ts';
import { fakeClock } from './fake-clock.ts';

/** A pulse, what it reported, and what the test decides for it. */
function pulse() {
  const clock = fakeClock();
  const said: string[] = [];
  const state = { waiting: true, answers: true, pings: 0, given: 0 };
  const watch = watchPulse({
    isWaiting: () => state.waiting,
    ping: () => {
      state.pings++;
      if (state.answers) watch.beat();
    },
    report: (event, silentFor) => said.push(`${event.replace('corral:core-', '')} ${silentFor}`),
    giveUp: () => state.given++,
  });
  return { clock, said, state, watch };
}

describe('watchPulse', () => {
  it('runs no timer before something is expected, and none after nothing is awaited any more', () => {
    const { clock, state, watch } = pulse();
    assert.equal(clock.size, 0);
    watch.expect();
    watch.expect();
    assert.equal(clock.size, 1);
    state.waiting = false;
    clock.advance(1_000);
    assert.equal(clock.size, 0);
    assert.equal(state.pings, 0, 'a call that was answered within a second costs no ping');
  });

  it('asks a core once a second while calls wait, and is content with an answer', () => {
    const { clock, said, state, watch } = pulse();
    watch.expect();
    clock.advance(3_600_000);
    assert.equal(state.pings, 3_600);
    assert.deepEqual(said, []);
    assert.equal(state.given, 0);
  });

  it('reports a silent core once, and its first word after that once', () => {
    const { clock, said, state, watch } = pulse();
    state.answers = false;
    watch.expect();
    clock.advance(3_000);
    assert.deepEqual(said, []);
    clock.advance(20_000);
    assert.lengthOf(said, 1);
    assert.match(said[0] ?? '', /^unresponsive [34]$/);
    watch.beat();
    watch.beat();
    assert.lengthOf(said, 2);
    assert.match(said[1] ?? '', /^responsive 2[0-9]$/);
  });

  it('reports it anew when it falls silent again', () => {
    const { clock, said, state, watch } = pulse();
    state.answers = false;
    watch.expect();
    for (let round = 0; round < 3; round++) {
      clock.advance(5_000);
      watch.beat();
    }
    assert.deepEqual(said.map((word) => word.split(' ')[0]), ['unresponsive', 'responsive', 'unresponsive', 'responsive', 'unresponsive', 'responsive']);
  });

  it('reports the return also of a core that nobody waits for any more', () => {
    const { clock, said, state, watch } = pulse();
    state.answers = false;
    watch.expect();
    clock.advance(5_000);
    state.waiting = false;
    clock.advance(5_000);
    watch.beat();
    assert.lengthOf(said, 2);
    clock.advance(5_000);
    assert.equal(clock.size, 0, 'and then it rests');
  });

  it('raises no alarm when the clock jumps: a suspended machine, a throttled tab', () => {
    const { clock, said, state, watch } = pulse();
    state.answers = false;
    watch.expect();
    for (let jump = 0; jump < 3; jump++) clock.jump(60_000);
    assert.deepEqual(said, [], 'three late ticks are three seconds at most');
    watch.beat();
    for (let minute = 0; minute < 60; minute++) {
      clock.jump(37_000);
      watch.beat();
    }
    assert.deepEqual(said, []);
    assert.equal(state.given, 0);
  });

  it('gives up a core only after thirty silent seconds', () => {
    const { clock, state, watch } = pulse();
    state.answers = false;
    watch.expect();
    clock.advance(29_000);
    assert.equal(state.given, 0);
    clock.advance(5_000);
    assert.isAbove(state.given, 0);
  });

  it('says nothing more after it was stopped', () => {
    const { clock, said, state, watch } = pulse();
    state.answers = false;
    watch.expect();
    clock.advance(2_000);
    watch.stop();
    clock.advance(60_000);
    assert.deepEqual([said.length, clock.size, state.given], [0, 0, 0]);
  });
});

/** A start, and what became of it. */
function start(patience = 30_000) {
  const clock = fakeClock();
  const lost: string[] = [];
  let onError: ((text: string | undefined) => void) | undefined;
  const host = { onError: (listener: (text: string | undefined) => void) => ((onError = listener), () => (onError = undefined)) };
  const watch = watchStart(patience, (reason, message) => lost.push(`${reason}: ${message}`));
  watch.watch(host as never);
  return { clock, lost, watch, fail: (text?: string) => onError?.(text) };
}

describe('watchStart', () => {
  it('gives a core up that does not answer in time', () => {
    const { clock, lost } = start(5_000);
    clock.advance(4_999);
    assert.deepEqual(lost, []);
    clock.advance(1);
    assert.lengthOf(lost, 1);
    assert.match(lost[0] ?? '', /^not-started: .*5000 ms/);
  });

  it('never fires at once, however long the patience', () => {
    for (const patience of [2 ** 31, 1e15, Infinity]) {
      const { clock, lost } = start(patience);
      clock.advance(60_000);
      assert.deepEqual(lost, [], String(patience));
    }
  });

  it('believes at once that a script cannot be run, when the error says nothing', () => {
    const { lost, fail } = start();
    fail(undefined);
    assert.lengthOf(lost, 1);
    assert.match(lost[0] ?? '', /^script: /);
  });

  it('believes an error with words only if no sign of life follows', () => {
    const one = start();
    one.fail('it threw');
    one.fail('and again');
    assert.deepEqual(one.lost, []);
    one.clock.advance(1_000);
    assert.lengthOf(one.lost, 1);
    assert.match(one.lost[0] ?? '', /^threw: .*it threw/);
    const two = start();
    two.fail('it threw');
    two.watch.alive();
    two.fail('it throws also when it lives');
    two.clock.advance(10_000);
    assert.deepEqual(two.lost, []);
  });

  it('goes on waiting for a core that is alive but in its setup', () => {
    const { clock, lost, watch } = start(5_000);
    watch.alive();
    clock.advance(5_000);
    assert.match(lost[0] ?? '', /^not-started/);
  });

  it('is over when it is stopped', () => {
    const { clock, lost, watch, fail } = start();
    watch.stop();
    fail(undefined);
    clock.advance(100_000);
    assert.deepEqual(lost, []);
    assert.equal(clock.size, 0);
  });
});
