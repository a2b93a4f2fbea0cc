/** Names as properties: they are joined here and looked up in the core, and nothing is invoked by accident. */
import { assert } from 'chai';
import { withNames } from '../../src/client/proxy.ts';

function recording() {
  const calls: unknown[][] = [];
  const invoke = withNames(async (...args: unknown[]) => {
    calls.push(args);
    return Promise.resolve('answer');
  }) as never as ((...args: unknown[]) => Promise<string>) & Record<string, any>;
  return { invoke, calls };
}

describe('withNames', () => {
  it('is invoke itself when it is called', async () => {
    const { invoke, calls } = recording();
    assert.equal(await invoke('notes.add', { text: 'x' }, { timeout: 1 }), 'answer');
    assert.deepEqual(calls, [['notes.add', { text: 'x' }, { timeout: 1 }]]);
  });

  it('joins the names of groups with dots', async () => {
    const { invoke, calls } = recording();
    await invoke['greet']({ a: 1 });
    await invoke['notes'].add({ b: 2 }, { timeout: 3 });
    await invoke['a'].b.c.d();
    assert.deepEqual(calls.map(([name]) => name), ['greet', 'notes.add', 'a.b.c.d']);
    assert.deepEqual(calls[1]?.slice(1), [{ b: 2 }, { timeout: 3 }]);
  });

  it('gives the same function for the same name, so that it may be kept, passed on and taken apart', async () => {
    const { invoke, calls } = recording();
    assert.strictEqual(invoke['notes'].add, invoke['notes'].add);
    const { greet, notes: { add } } = invoke as never as { greet(): Promise<string>; notes: { add(): Promise<string> } };
    await greet();
    await Promise.all([1, 2].map(add));
    assert.deepEqual(calls.map(([name]) => name), ['greet', 'notes.add', 'notes.add']);
  });

  it('takes names that functions have for names of commands', async () => {
    const { invoke, calls } = recording();
    for (const name of ['name', 'length', 'call', 'apply', 'bind', 'constructor', 'prototype', '__proto__', 'hasOwnProperty']) await invoke['group'][name]();
    assert.deepEqual(calls.map(([name]) => name), ['name', 'length', 'call', 'apply', 'bind', 'constructor', 'prototype', '__proto__', 'hasOwnProperty'].map((name) => `group.${name}`));
  });

  it('is no promise: it may be returned from an async function and awaited', async () => {
    const { invoke, calls } = recording();
    const same = await (async () => Promise.resolve(invoke))();
    assert.strictEqual(same, invoke);
    assert.isUndefined((invoke as { then?: unknown }).then);
    assert.isUndefined(invoke['notes'].then);
    assert.deepEqual(calls, []);
  });

  it('invokes nothing when it is looked at by symbols', () => {
    const { invoke, calls } = recording();
    const symbols = [Symbol.iterator, Symbol.asyncIterator, Symbol.isConcatSpreadable, Symbol('x')];
    for (const symbol of symbols) assert.isUndefined((invoke as unknown as Record<symbol, unknown>)[symbol]);
    assert.isFalse(((thing: unknown) => thing instanceof (invoke as never))({}));
    assert.equal(typeof invoke, 'function');
    assert.equal(typeof invoke['notes'], 'function');
    assert.deepEqual(calls, []);
  });

  it('invokes nothing when it is printed', () => {
    const { invoke, calls } = recording();
    const print = (thing: unknown): void => {
      try {
        void `${String(thing)}`;
      } catch {
        // Printing may be refused; what matters is that nothing was invoked.
      }
    };
    for (const thing of [invoke, invoke['notes'], invoke['notes'].add, [invoke], new Map([[invoke, invoke]])]) {
      print(thing);
      JSON.stringify({ thing });
    }
    assert.deepEqual(calls, []);
  });
});
