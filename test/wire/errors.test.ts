/** Errors: how one crosses as plain data, and what is made of data that is none. */
import { assert } from 'chai';
import { CorralError, fromWire, isCorralError, notCloneable, NUMBERS, quote, toWire } from '../../src/wire/errors.ts';

describe('toWire and fromWire', () => {
  it('keep code, message and details of every code', () => {
    for (const code of [...Object.keys(NUMBERS), 'NOTES_FULL', 'constructor', '__proto__']) {
      const details = { list: [1, 'two'], nested: { three: 3 } };
      const crossed = fromWire(structuredClone(toWire(new CorralError<string, unknown>(code, 'What, why, what to do.', details))));
      assert.instanceOf(crossed, CorralError);
      assert.deepEqual([crossed.code, crossed.message, crossed.details, crossed.side], [code, 'What, why, what to do.', details, 'core']);
    }
  });

  it('give each code its number, and a declared error that of a failed command', () => {
    const numberOf = (code: string): number => toWire(new CorralError<string, unknown>(code, 'x', undefined)).code;
    const table = { NOT_ALLOWED: -32001, COMMAND_NOT_FOUND: -32601, INVALID_ARGUMENTS: -32602, INVALID_PAYLOAD: -32602, INVALID_RESULT: -32603, COMMAND_FAILED: -32000, OVERLOADED: -32002, CONNECTION_REFUSED: -32003, MALFORMED_MESSAGE: -32600, CANCELLED: -32800, NOTES_FULL: -32000, toString: -32000 };
    for (const [code, number] of Object.entries(table)) assert.equal(numberOf(code), number, code);
  });

  it('let neither the cause nor the stack cross', () => {
    const error = new CorralError('COMMAND_FAILED', 'It failed.', { command: 'go' }, 'core', new Error('S3CRET'));
    assert.equal((error.cause as Error).message, 'S3CRET');
    assert.deepEqual(Object.keys(toWire(error)).sort(), ['code', 'data', 'message']);
    assert.notMatch(JSON.stringify(toWire(error)), /S3CRET|errors\.test/);
  });

  it('leave out details that there are none of', () => {
    assert.deepEqual(toWire(new CorralError('CANCELLED', 'Cancelled.', undefined)), { code: -32800, message: 'Cancelled.', data: { code: 'CANCELLED' } });
  });
});

describe('fromWire', () => {
  it('makes a CorralError of whatever a foreign core sends', () => {
    for (const data of [undefined, null, 5, 'text', [], {}, { code: 5 }, { code: {} }, { details: 1 }]) {
      const error = fromWire({ code: -32000, message: 'Server error', data });
      assert.deepEqual([error.code, error.message], ['COMMAND_FAILED', 'Server error']);
    }
  });

  it('calls malformed what is no error', () => {
    for (const error of [undefined, null, 5, 'text', [], {}, { message: 5 }, { code: 1 }]) {
      const made = fromWire(error);
      assert.deepEqual([made.code, made.side], ['MALFORMED_MESSAGE', 'client']);
      assert.isNotEmpty(made.message);
    }
  });
});

describe('CorralError', () => {
  it('is an Error with a name, and tells its class apart', () => {
    const error = new CorralError('OVERLOADED', 'Too much.', { limit: 'calls', allowed: 1 });
    assert.instanceOf(error, Error);
    assert.equal(error.name, 'CorralError');
    assert.equal(String(error), 'CorralError: Too much.');
    assert.isTrue(isCorralError(error, 'OVERLOADED'));
    assert.isFalse(isCorralError(error, 'NOT_ALLOWED'));
    for (const other of [new Error('x'), undefined, null, { name: 'CorralError', code: 'OVERLOADED' }]) assert.isFalse(isCorralError(other));
  });
});

describe('notCloneable', () => {
  const pathOf = (value: unknown): string[] => (notCloneable('It', value, 'client', undefined).details.path ?? []).map(String);

  it('names the place of the first thing that cannot be cloned', () => {
    assert.deepEqual(pathOf({ a: { b: [1, { c: () => {} }] } }), ['a', 'b', '1', 'c']);
    assert.deepEqual(pathOf([Symbol('x')]), ['0']);
    assert.deepEqual(pathOf({ fine: 1, bad: { get worse(): never { throw new Error('no'); } } }), ['bad', 'worse']);
    assert.deepEqual(pathOf(() => {}), []);
    assert.include(notCloneable('The argument of `go`', { a: () => {} }, 'client', undefined).message, '`a`');
  });

  it('ends on anything: circles, depth, hostile getters and proxies, things that only look bad', () => {
    const circle: Record<string, unknown> = { run: () => {} };
    circle['self'] = circle;
    assert.isNotEmpty(pathOf(circle));
    let deep: unknown = () => {};
    for (let level = 0; level < 1000; level++) deep = { deep };
    assert.isNotEmpty(pathOf(deep));
    const proxy = new Proxy({}, { ownKeys: () => { throw new Error('no'); }, get: () => { throw new Error('no'); } });
    assert.doesNotThrow(() => pathOf({ proxy }));
    assert.doesNotThrow(() => pathOf(proxy));
    assert.doesNotThrow(() => pathOf({ fine: 1 }));
    assert.doesNotThrow(() => pathOf(new Map([['k', () => {}]])));
    assert.doesNotThrow(() => pathOf(document.body));
  });
});

describe('quote', () => {
  it('keeps a name short, whatever a stranger sent', () => {
    assert.equal(quote('notes.add'), '`notes.add`');
    assert.isBelow(quote('x'.repeat(1e6)).length, 100);
  });
});
