/** What is a request, what is a response, and which id to answer a message with that is neither. */
import { assert } from 'chai';
import { idOf, isObject, isRequest, isResponse } from '../../src/wire/messages.ts';

const odd = [undefined, null, 0, 1, '', 'text', true, NaN, 1n, Symbol('x'), () => {}, [], [1], new Map(), new Date(), Object.create(null) as object];

describe('isRequest', () => {
  it('accepts calls and notifications', () => {
    const good = [
      { jsonrpc: '2.0', method: 'a' },
      { jsonrpc: '2.0', method: '', id: 1 },
      { jsonrpc: '2.0', method: 'a', id: 'x' },
      { jsonrpc: '2.0', method: 'a', id: null },
      { jsonrpc: '2.0', method: 'a', id: -1.5, params: [1] },
      { jsonrpc: '2.0', method: 'a', id: 1, params: null, extra: 'ignored' },
      Object.assign(Object.create(null) as object, { jsonrpc: '2.0', method: 'a' }),
    ];
    for (const message of good) assert.isTrue(isRequest(message), JSON.stringify(message));
  });

  it('refuses everything else', () => {
    const bad = [
      ...odd,
      {},
      { method: 'a' },
      { jsonrpc: 2, method: 'a' },
      { jsonrpc: '1.0', method: 'a' },
      { jsonrpc: '2.0' },
      { jsonrpc: '2.0', method: 5 },
      { jsonrpc: '2.0', method: {} },
      { jsonrpc: '2.0', method: 'a', id: NaN },
      { jsonrpc: '2.0', method: 'a', id: Infinity },
      { jsonrpc: '2.0', method: 'a', id: {} },
      { jsonrpc: '2.0', method: 'a', id: [] },
      { jsonrpc: '2.0', method: 'a', id: true },
      { jsonrpc: '2.0', method: 'a', id: 1n },
      { jsonrpc: '2.0', method: 'a', id: 'x'.repeat(100_000) },
    ];
    for (const message of bad) assert.isFalse(isRequest(message));
  });
});

describe('isResponse', () => {
  it('knows one by its result or its error', () => {
    for (const message of [{ id: 1, result: 1 }, { id: null, error: {} }, { id: 'x', result: undefined }]) assert.isTrue(isResponse(message));
    for (const message of [...odd, {}, { method: 'a', id: 1 }, { id: 1 }]) assert.isFalse(isResponse(message));
  });
});

describe('idOf', () => {
  it('is the id of the message when it is a usable one, else null', () => {
    assert.equal(idOf({ id: 1 }), 1);
    assert.equal(idOf({ id: 'x' }), 'x');
    assert.equal(idOf({ id: null }), null);
    for (const message of [...odd, {}, { id: {} }, { id: NaN }, { id: [1] }, { id: true }, { id: 'x'.repeat(100_000) }]) assert.isNull(idOf(message));
  });
});

describe('isObject', () => {
  it('tells objects from the rest', () => {
    for (const value of [{}, [], new Map(), Object.create(null)]) assert.isTrue(isObject(value));
    for (const value of [undefined, null, 0, 'x', true, 1n]) assert.isFalse(isObject(value));
  });
});
