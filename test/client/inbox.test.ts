/** What comes over the link waits for what the bus still brings: in order, all of it, and not for ever. */
import { assert } from 'chai';
import { createInbox } from '../../src/client/inbox.ts';
import { fakeClock } from './fake-clock.ts';

function inbox() {
  const taken: unknown[] = [];
  const state = { heard: 0, givenUp: 0 };
  const made = createInbox((message) => void taken.push((message as { n?: unknown } | null)?.n ?? message), () => state.heard, () => {
    state.givenUp++;
    state.heard = Infinity;
  });
  return {
    ...made,
    taken,
    state,
    /** The bus has come so far. */
    hear(seq: number): void {
      state.heard = seq;
      made.advance();
    },
  };
}

describe('an inbox', () => {
  it('hands on what waits for nothing, frames message by message, nonsense too', () => {
    const { receive, taken } = inbox();
    const nonsense = [null, undefined, 5, 'text', { after: 'x' }, { after: NaN }, { after: -1 }];
    receive({ n: 1 });
    receive([{ n: 2 }, { n: 3 }]);
    for (const one of nonsense) receive(one);
    receive([]);
    assert.deepEqual(taken, [1, 2, 3, ...nonsense]);
  });

  it('keeps a message until the bus has come so far, and all that follows behind it', () => {
    const { receive, hear, taken } = inbox();
    receive([{ n: 1 }, { n: 2, after: 5 }, { n: 3 }]);
    receive({ n: 4 });
    receive([{ n: 5, after: 7 }, { n: 6 }]);
    assert.deepEqual(taken, [1]);
    hear(4);
    assert.deepEqual(taken, [1]);
    hear(5);
    assert.deepEqual(taken, [1, 2, 3, 4]);
    hear(9);
    assert.deepEqual(taken, [1, 2, 3, 4, 5, 6]);
    receive({ n: 7, after: 9 });
    assert.deepEqual(taken.at(-1), 7);
  });

  it('gives up a bus that never comes so far, once, and takes all that waits', () => {
    const clock = fakeClock();
    const { receive, taken, state } = inbox();
    receive([{ n: 1, after: 5 }, { n: 2 }, { n: 3, after: 6 }, { n: 4 }]);
    clock.advance(1_999);
    assert.deepEqual(taken, []);
    clock.advance(1);
    assert.deepEqual(taken, [1, 2, 3, 4]);
    receive({ n: 5, after: 7 });
    assert.deepEqual(taken.at(-1), 5);
    assert.equal(state.givenUp, 1);
    assert.equal(clock.size, 0);
  });

  it('has patience with a bus that brings something, however much is still to come', () => {
    const clock = fakeClock();
    const { receive, hear, taken, state } = inbox();
    receive({ n: 1, after: 50 });
    for (let seq = 1; seq < 50; seq++) {
      clock.advance(1_700);
      hear(seq);
    }
    assert.deepEqual([taken, state.givenUp], [[], 0]);
    hear(50);
    assert.deepEqual(taken, [1]);
  });

  it('gives a bus its time that a long task of the page kept waiting', () => {
    const clock = fakeClock();
    const { receive, hear, taken } = inbox();
    receive({ n: 1, after: 5 });
    clock.jump(60_000);
    assert.deepEqual(taken, [], 'the event may stand behind the timer');
    hear(5);
    assert.deepEqual(taken, [1]);
    assert.equal(clock.size, 0);
  });

  it('drained, hands on all that waits at once, and waits anew', () => {
    const { receive, drain, hear, taken } = inbox();
    receive([{ n: 1, after: 5 }, { n: 2, after: 6 }]);
    drain();
    assert.deepEqual(taken, [1, 2]);
    receive({ n: 3, after: 5 });
    assert.deepEqual(taken, [1, 2]);
    hear(5);
    assert.deepEqual(taken, [1, 2, 3]);
  });
});
