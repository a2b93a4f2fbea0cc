/** What the specification says of ids, answers and errors, beyond its examples; and the reserved `$/` names. */
import { assert } from 'chai';
import { codesOf, rawClient } from './raw-client.ts';

const jsonrpc = '2.0';
const sum = (id: unknown): object => ({ jsonrpc, id, method: 'sum', params: [1, 2] });

describe('ids', () => {
  it('come back as they came: numbers, strings of up to 256 characters, null', async () => {
    const { ask } = rawClient();
    for (const id of ['', 'a', '__proto__', 'x'.repeat(256), 0, -1, 1.5, 2 ** 53, Number.MAX_VALUE, null]) {
      assert.deepEqual(await ask(sum(id)), [{ jsonrpc, id, result: 3 }]);
    }
  });

  it('that are anything else are refused, under the id null', async () => {
    const { ask } = rawClient();
    for (const id of [true, {}, [1], NaN, Infinity, 1n, new Date(0), 'x'.repeat(257)]) {
      assert.deepEqual(codesOf(await ask(sum(id))), [{ jsonrpc, id: null, error: -32600 }], String(id));
    }
  });

  it('tell the string "1" from the number 1', async () => {
    const client = rawClient();
    const wait = { jsonrpc, id: 1, method: 'wait' };
    assert.deepEqual(await client.ask(wait, sum('1')), [{ jsonrpc, id: '1', result: 3 }]);
  });

  it('that are absent make a notification, also when they are there and undefined', async () => {
    assert.deepEqual(await rawClient().ask(sum(undefined)), []);
  });

  it('that are null may stand for many calls, and each is answered', async () => {
    const [first, second] = await rawClient().ask(sum(null), { jsonrpc, id: null, method: 'get_data' });
    assert.deepEqual(first, { jsonrpc, id: null, result: 3 });
    assert.deepEqual(second, { jsonrpc, id: null, result: ['hello', 5] });
  });

  it('of calls in flight are refused to others, and that call is answered', async () => {
    const client = rawClient();
    const refused = await client.ask({ jsonrpc, id: 7, method: 'stubborn' }, sum(7));
    assert.deepEqual(codesOf(refused), [{ jsonrpc, id: null, error: -32600 }]);
    client.post({ jsonrpc, method: 'release' });
    await client.until(2);
    assert.deepEqual(client.said[1], { jsonrpc, id: 7, result: 'late' });
  });

  it('are free again once their call has been answered', async () => {
    const replies = await rawClient().ask(sum(7), sum(7));
    assert.deepEqual(replies, [
      { jsonrpc, id: 7, result: 3 },
      { jsonrpc, id: 7, result: 3 },
    ]);
  });
});

describe('answers', () => {
  it('hold a result even when the handler gave none, because an absent one is no answer', async () => {
    assert.deepEqual(await rawClient().ask({ jsonrpc, id: 1, method: 'nothing' }), [{ jsonrpc, id: 1, result: null }]);
  });

  const failures: [string, object, number][] = [
    ['arguments that the schema refuses', { method: 'sum', params: ['a'] }, -32602],
    ['a primitive where an argument is structured', { method: 'sum', params: 'bar' }, -32602],
    ['an argument for a command that takes none', { method: 'get_data', params: [] }, -32602],
    ['an answer that `returns` refuses', { method: 'wrong' }, -32603],
    ['a handler that throws', { method: 'throws' }, -32000],
    ['an answer that cannot be cloned', { method: 'uncloneable' }, -32004],
    ['an inherited name', { method: 'constructor' }, -32601],
    ['a property path', { method: 'sum.constructor' }, -32601],
    ['a name reserved for extensions', { method: 'rpc.discover' }, -32601],
  ];

  it('have the number that the specification or Corral gives to their error', async () => {
    const { ask } = rawClient();
    for (const [title, request, error] of failures) {
      assert.deepEqual(codesOf(await ask({ jsonrpc, id: 1, ...request })), [{ jsonrpc, id: 1, error }], title);
    }
  });

  it('are not given to notifications, whatever goes wrong', async () => {
    const notifications = failures.map(([, request]) => ({ jsonrpc, ...request }));
    assert.deepEqual(await rawClient().ask(...notifications), []);
  });

  it('are not given to answers', async () => {
    const answers = [
      { jsonrpc, id: 1, result: 1 },
      { jsonrpc, id: null, error: { code: -32600, message: 'no' } },
    ];
    assert.deepEqual(await rawClient().ask(...answers), []);
  });

  const invalid: [string, unknown][] = [
    ['null', null],
    ['a number', 1],
    ['a Map', new Map([['jsonrpc', '2.0']])],
    ['no version', { id: 1, method: 'sum', params: [1] }],
    ['the version 1.0', { jsonrpc: '1.0', id: 1, method: 'sum', params: [1] }],
    ['the version as a number', { jsonrpc: 2, id: 1, method: 'sum', params: [1] }],
    ['no method', { jsonrpc, id: 1 }],
  ];

  it('have the number -32600, and the id if there is one, for what is no request', async () => {
    const { ask } = rawClient();
    for (const [title, message] of invalid) {
      const id = (message as { id?: number } | null)?.id ?? null;
      assert.deepEqual(codesOf(await ask(message)), [{ jsonrpc, id, error: -32600 }], title);
    }
  });
});

describe('headers', () => {
  it('reach the handler beside the argument', async () => {
    const headers = { trace: 'abc', 'accept-language': 'de' };
    assert.deepEqual(await rawClient().ask({ jsonrpc, id: 1, method: 'headers', headers }), [
      { jsonrpc, id: 1, result: headers },
    ]);
  });

  it('are strings by name, and anything else is refused', async () => {
    const { ask } = rawClient();
    for (const headers of [
      1,
      'trace',
      { trace: 1 },
      { trace: { nested: 'x' } },
      ['trace', 1],
      { long: 'x'.repeat(8193) },
    ]) {
      assert.deepEqual(
        codesOf(await ask({ jsonrpc, id: 1, method: 'headers', headers })),
        [{ jsonrpc, id: 1, error: -32600 }],
        JSON.stringify(headers),
      );
    }
  });
});

describe('reserved names', () => {
  it('answer an unknown `$/` call as no method, and let an unknown `$/` notification pass', async () => {
    const unknown = { jsonrpc, method: '$/setTrace', params: { value: 'off' } };
    assert.deepEqual(codesOf(await rawClient().ask(unknown, { ...unknown, id: 1 })), [
      { jsonrpc, id: 1, error: -32601 },
    ]);
  });

  it('answer a ping', async () => {
    assert.deepEqual(await rawClient().ask({ jsonrpc, id: 'p', method: '$/ping' }), [
      { jsonrpc, id: 'p', result: null },
    ]);
  });

  it('answer what usually is a notification too, if it comes as a call', async () => {
    const { ask } = rawClient();
    for (const method of ['$/cancelRequest', '$/unlisten', '$/bye']) {
      assert.deepEqual(
        await ask({ jsonrpc, id: 1, method, params: { id: 5 } }),
        [{ jsonrpc, id: 1, result: null }],
        method,
      );
    }
  });
});

describe('$/cancelRequest', () => {
  const cancel = (id: unknown): object => ({ jsonrpc, method: '$/cancelRequest', params: { id } });

  it('answers the call with -32800, and aborts its handler', async () => {
    const replies = await rawClient().ask({ jsonrpc, id: 'w', method: 'wait' }, cancel('w'), {
      jsonrpc,
      id: 2,
      method: 'told',
    });
    assert.deepEqual(codesOf(replies), [
      { jsonrpc, id: 'w', error: -32800 },
      { jsonrpc, id: 2, result: ['AbortError'] },
    ]);
  });

  it('answers once, also when the handler pays no attention and answers later', async () => {
    const client = rawClient();
    const replies = await client.ask({ jsonrpc, id: 1, method: 'stubborn' }, cancel(1), cancel(1));
    assert.deepEqual(codesOf(replies), [{ jsonrpc, id: 1, error: -32800 }]);
    assert.deepEqual(await client.ask({ jsonrpc, id: 2, method: 'release' }, sum(3)), [
      { jsonrpc, id: 2, result: 'released' },
      { jsonrpc, id: 3, result: 3 },
    ]);
  });

  it('gives the id free: a new call under it gets its own answer, not the old one', async () => {
    const client = rawClient();
    const replies = await client.ask(
      { jsonrpc, id: 1, method: 'stubborn' },
      cancel(1),
      { jsonrpc, id: 1, method: 'wait' },
      { jsonrpc, id: 2, method: 'release' },
    );
    assert.deepEqual(codesOf(replies), [
      { jsonrpc, id: 1, error: -32800 },
      { jsonrpc, id: 2, result: 'released' },
    ]);
  });

  it('is harmless when no such call is open', async () => {
    const { ask } = rawClient();
    for (const id of [1, 'unknown', null, NaN, {}, undefined])
      assert.deepEqual(await ask(sum(1), cancel(id)), [{ jsonrpc, id: 1, result: 3 }]);
  });

  it('tells ids of different types apart', async () => {
    const client = rawClient();
    assert.deepEqual(await client.ask({ jsonrpc, id: 1, method: 'wait' }, cancel('1')), []);
    assert.deepEqual(codesOf(await client.ask(cancel(1))), [{ jsonrpc, id: 1, error: -32800 }]);
  });
});
