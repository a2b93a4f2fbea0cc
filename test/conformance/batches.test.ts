/** Batches of a client that never said hello: as the specification has them, one array for one array. */
import { assert } from 'chai';
import { codesOf, rawClient } from './raw-client.ts';

const jsonrpc = '2.0';
const sum = (id: number): object => ({ jsonrpc, id, method: 'sum', params: [id] });

describe('batches', () => {
  it('wait for their slowest call, and hold nothing else up', async () => {
    const client = rawClient();
    assert.deepEqual(await client.ask([sum(1), { jsonrpc, id: 2, method: 'stubborn' }, sum(3)], sum(4)), [
      { jsonrpc, id: 4, result: 4 },
    ]);
    client.post({ jsonrpc, method: 'release' });
    await client.until(2);
    const ordered = (client.said[1] as { id: number }[]).toSorted((a, b) => a.id - b.id);
    assert.deepEqual(ordered, [
      { jsonrpc, id: 1, result: 1 },
      { jsonrpc, id: 2, result: 'late' },
      { jsonrpc, id: 3, result: 3 },
    ] as object[]);
  });

  it('may cancel their own calls', async () => {
    const batch = [
      { jsonrpc, id: 1, method: 'wait' },
      { jsonrpc, method: '$/cancelRequest', params: { id: 1 } },
    ];
    assert.deepEqual(codesOf(await rawClient().ask(batch)), [[{ jsonrpc, id: 1, error: -32800 }]]);
  });

  it('may be cancelled from outside, call by call', async () => {
    const client = rawClient();
    const replies = await client.ask([{ jsonrpc, id: 1, method: 'wait' }, sum(2)], {
      jsonrpc,
      method: '$/cancelRequest',
      params: { id: 1 },
    });
    assert.deepEqual(codesOf(replies), [
      [
        { jsonrpc, id: 2, result: 2 },
        { jsonrpc, id: 1, error: -32800 },
      ],
    ]);
  });

  it('are answered when one of their messages is itself an answer, which gets none', async () => {
    assert.deepEqual(await rawClient().ask([sum(1), { jsonrpc, id: 9, result: 'of nothing' }]), [
      [{ jsonrpc, id: 1, result: 1 }],
    ]);
  });

  it('of answers only are answered by nothing', async () => {
    assert.deepEqual(await rawClient().ask([{ jsonrpc, id: 9, result: 1 }]), []);
  });

  it('are answered when what usually is a notification comes as a call', async () => {
    const { ask } = rawClient();
    for (const method of ['$/cancelRequest', '$/unlisten']) {
      const answers = [
        { jsonrpc, id: 1, result: 1 },
        { jsonrpc, id: 2, result: null },
      ];
      assert.deepEqual(await ask([sum(1), { jsonrpc, id: 2, method, params: {} }]), [answers], method);
    }
  });

  it('may be open when their client says hello: no array comes inside another', async () => {
    const client = rawClient();
    await client.ask([sum(1), { jsonrpc, id: 2, method: 'stubborn' }]);
    client.post({ jsonrpc, id: 'hello', method: '$/hello', params: { protocol: 1 } });
    await client.ask([{ jsonrpc, id: 3, method: 'release' }, sum(4)]);
    const answers = client.said.flat() as { id: unknown }[];
    assert.sameMembers(
      answers.map(({ id }) => id),
      [1, 2, 3, 4, 'hello'],
    );
  });

  it('may hold the hello: what the core says behind it comes beside their answers, not around them', async () => {
    const client = rawClient();
    const listen = { event: 'corral:client-joined', listener: 1 };
    const hello = { jsonrpc, id: 2, method: '$/hello', params: { protocol: 1 } };
    await client.ask([{ jsonrpc, id: 1, method: '$/listen', params: listen }, hello]);
    const said = client.said.flat() as { id?: unknown; method?: string }[];
    assert.sameMembers(
      said.map(({ id, method }) => id ?? method),
      [1, 2, '$/event'],
    );
  });

  it('give two calls under one id one answer each: the second is refused while the first is open', async () => {
    const client = rawClient();
    const batch = [
      { jsonrpc, id: 1, method: 'stubborn' },
      { jsonrpc, id: 1, method: 'stubborn' },
    ];
    await client.ask(batch, { jsonrpc, method: 'release' });
    await client.until(1);
    assert.deepEqual(codesOf(client.said as unknown[]), [
      [
        { jsonrpc, id: null, error: -32600 },
        { jsonrpc, id: 1, result: 'late' },
      ],
    ]);
  });

  it('in batches are invalid messages', async () => {
    assert.deepEqual(codesOf(await rawClient().ask([[sum(1)], sum(2)])), [
      [
        { jsonrpc, id: null, error: -32600 },
        { jsonrpc, id: 2, result: 2 },
      ],
    ]);
  });

  it('fail only at the call whose answer cannot be cloned', async () => {
    const replies = codesOf(
      await rawClient().ask([sum(1), { jsonrpc, id: 2, method: 'uncloneable' }, sum(3)]),
    ) as object[];
    assert.sameDeepMembers(replies.flat(), [
      { jsonrpc, id: 1, result: 1 },
      { jsonrpc, id: 2, error: -32004 },
      { jsonrpc, id: 3, result: 3 },
    ]);
  });

  it('longer than a frame may be are refused as a whole', async () => {
    const batch = Array.from({ length: 4097 }, (_, id) => sum(id));
    assert.deepEqual(codesOf(await rawClient().ask(batch)), [{ jsonrpc, id: null, error: -32002 }]);
  });
});
