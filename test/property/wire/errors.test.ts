/** Errors on their way across: what is sent arrives, and whatever arrives is an error. */
import { assert } from 'chai';
import fc from 'fast-check';
import { CorralError, fromWire, NUMBERS, toWire } from '../../../src/wire/errors.ts';
import { anything, loadedNames } from '../arbitraries.ts';

const code = fc.oneof(fc.constantFrom(...Object.keys(NUMBERS), ...loadedNames), fc.string());

describe('errors, whatever they hold', () => {
  it('keep code, message and details on their way', () => {
    fc.assert(
      fc.property(code, fc.string(), anything, (name, message, details) => {
        const error = new CorralError<string>(name, message, details);
        const back = fromWire(toWire(error));
        assert.instanceOf(back, CorralError);
        assert.deepEqual([back.code, back.message, back.side], [name, message, 'core']);
        assert.isTrue(Object.is(back.details, details));
      }),
      { numRuns: 500 },
    );
  });

  it('keep them through a structured clone', () => {
    fc.assert(
      fc.property(code, fc.string(), anything, (name, message, details) => {
        const sent = toWire(new CorralError<string>(name, message, details, 'core', () => 'stays here'));
        const back = fromWire(structuredClone(sent));
        assert.deepEqual([back.code, back.message], [name, message]);
        assert.equal(fc.stringify(back.details), fc.stringify(structuredClone(details)));
        assert.isUndefined(back.cause);
      }),
      { numRuns: 500 },
    );
  });

  it('have a number that JSON-RPC allows, of their own or that of a failed command', () => {
    fc.assert(
      fc.property(code, (name) => {
        const number = toWire(new CorralError<string>(name, '', undefined)).code;
        assert.equal(
          number,
          Object.hasOwn(NUMBERS, name) ? NUMBERS[name as keyof typeof NUMBERS] : NUMBERS.COMMAND_FAILED,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('are made of anything that a reply may carry in their place', () => {
    const nearlyError = fc.record(
      {
        code: anything,
        message: fc.oneof(fc.string(), anything),
        data: fc.oneof(
          fc.record({ code: fc.oneof(code, anything), details: anything }, { requiredKeys: [] }),
          anything,
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, nearlyError), (value) => {
        const error = fromWire(value);
        assert.instanceOf(error, CorralError);
        assert.isString(error.code);
        assert.isString(error.message);
        assert.oneOf(error.side, ['client', 'core']);
      }),
      { numRuns: 500 },
    );
  });
});
