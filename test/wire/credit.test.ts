/** The arithmetic of credit: what is granted, what it costs, and that a window is the most that is ever under way. */
import { assert } from 'chai';
import * as fc from 'fast-check';
import { costOf, createMeter, WINDOW } from '../../src/wire/credit.ts';

describe('the cost of a message', () => {
  it('is one, and for bytes and long strings one for every 64 kB begun', () => {
    for (const value of [undefined, null, 0, 'text', {}, [], { byteLength: 1e9 }, new ArrayBuffer(0), new Uint8Array(64 * 1024)]) assert.equal(costOf(value), 1);
    assert.equal(costOf(new ArrayBuffer(64 * 1024 + 1)), 2);
    assert.equal(costOf('x'.repeat(1024 * 1024)), 16);
    assert.equal(costOf(new DataView(new ArrayBuffer(1024 * 1024))), 16);
    assert.equal(costOf(new Uint8Array(new ArrayBuffer(1024 * 1024), 0, 10)), 1);
  });
});

describe('a meter', () => {
  it('grants half a window at a time, once it has been read', () => {
    const meter = createMeter();
    const grants = Array.from({ length: WINDOW }, () => meter.read(1));
    assert.deepEqual(grants.filter(Boolean), [WINDOW / 2, WINDOW / 2]);
    assert.equal(grants.indexOf(WINDOW / 2), WINDOW / 2 - 1);
  });

  it('allows a window, and one message that overdraws it', () => {
    const meter = createMeter();
    for (let i = 0; i < WINDOW; i++) assert.isTrue(meter.came(1));
    assert.isFalse(meter.came(1));
    const other = createMeter();
    assert.isTrue(other.came(10 * WINDOW));
    assert.isFalse(other.came(1));
  });

  it('never refuses who keeps to the credit, nor leaves both sides waiting, whatever the costs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 * WINDOW }), { maxLength: 200 }), fc.infiniteStream(fc.boolean()), (costs, reads) => {
        const meter = createMeter();
        let credit = WINDOW;
        const unread: number[] = [];
        const waiting = [...costs];
        while (waiting.length > 0 || unread.length > 0) {
          const canSend = waiting.length > 0 && credit > 0;
          assert.isTrue(canSend || unread.length > 0, 'one of them can go on');
          if (canSend && (unread.length === 0 || reads.next().value)) {
            const cost = waiting.shift() as number;
            credit -= cost;
            assert.isTrue(meter.came(cost));
            unread.push(cost);
          } else {
            credit += meter.read(unread.shift() as number);
            assert.isAtMost(credit, WINDOW);
          }
        }
      }),
    );
  });
});
