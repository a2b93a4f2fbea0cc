/** Recognising a message: whatever arrives, the answer is yes or no, and nothing is both. */
import { assert } from 'chai';
import fc from 'fast-check';
import { idOf, isObject, isRequest, isResponse } from '../../../src/wire/messages.ts';
import { anything, nearlyMessage } from '../arbitraries.ts';

const message = fc.oneof(anything, nearlyMessage(['greet', '$/hello']));

describe('messages, whatever arrives', () => {
  it('are recognised or not, without a throw and without a change', () => {
    fc.assert(
      fc.property(message, (value) => {
        const before = fc.stringify(value);
        for (const judge of [isObject, isRequest, isResponse]) assert.isBoolean(judge(value));
        idOf(value);
        assert.equal(fc.stringify(value), before);
      }),
      { numRuns: 1000 },
    );
  });

  it('have an id that can be sent back and found in a table: a finite number, a short string, or null', () => {
    fc.assert(
      fc.property(message, (value) => {
        const id = idOf(value);
        assert.isTrue(
          id === null ||
            (typeof id === 'number' && Number.isFinite(id)) ||
            (typeof id === 'string' && id.length <= 256),
        );
        if (id !== null) assert.strictEqual((value as { id: unknown }).id, id);
        assert.strictEqual(idOf(structuredClone({ id })), id);
      }),
      { numRuns: 1000 },
    );
  });

  it('that are requests have the version, a method and no unusable id; each of these is needed', () => {
    const request = fc.record({
      id: fc.oneof(fc.integer(), fc.string({ maxLength: 256 }), fc.constant(null)),
      method: fc.string(),
      params: anything,
    });
    const unlike = (usual: string) => anything.filter((value) => typeof value !== usual);
    fc.assert(
      fc.property(
        request,
        unlike('string'),
        fc.oneof(unlike('string'), fc.string({ maxLength: 5 })),
        fc.oneof(fc.constantFrom(NaN, Infinity, -Infinity, 1n, {}, [], true), fc.string({ minLength: 257 })),
        (right, method, jsonrpc, id) => {
          const whole = { jsonrpc: '2.0', ...right };
          assert.isTrue(isRequest(whole));
          assert.isTrue(isRequest({ ...whole, id: undefined }));
          assert.isFalse(isRequest({ ...whole, method }));
          assert.isFalse(isRequest({ ...whole, id }));
          if (jsonrpc !== '2.0') assert.isFalse(isRequest({ ...whole, jsonrpc }));
        },
      ),
      { numRuns: 500 },
    );
  });
});
