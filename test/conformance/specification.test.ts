/** The examples of the JSON-RPC 2.0 specification, section 7, as objects. */
import { assert } from 'chai';
import { codesOf, rawClient } from './raw-client.ts';

interface Example {
  title: string;
  post: unknown;
  /** What comes back, an error as its number; nothing where the specification has no reply. */
  replies: unknown[];
}

const jsonrpc = '2.0';
const invalid = { jsonrpc, error: -32600, id: null };

const examples: Example[] = [
  {
    title: 'rpc call with positional parameters',
    post: { jsonrpc, method: 'subtract', params: [42, 23], id: 1 },
    replies: [{ jsonrpc, result: 19, id: 1 }],
  },
  {
    title: 'rpc call with positional parameters, the other way round',
    post: { jsonrpc, method: 'subtract', params: [23, 42], id: 2 },
    replies: [{ jsonrpc, result: -19, id: 2 }],
  },
  {
    title: 'rpc call with named parameters',
    post: { jsonrpc, method: 'subtract', params: { subtrahend: 23, minuend: 42 }, id: 3 },
    replies: [{ jsonrpc, result: 19, id: 3 }],
  },
  {
    title: 'rpc call with named parameters, in another order',
    post: { jsonrpc, method: 'subtract', params: { minuend: 42, subtrahend: 23 }, id: 4 },
    replies: [{ jsonrpc, result: 19, id: 4 }],
  },
  {
    title: 'a Notification',
    post: { jsonrpc, method: 'update', params: [1, 2, 3, 4, 5] },
    replies: [],
  },
  {
    title: 'a Notification of a non-existent method',
    post: { jsonrpc, method: 'foobar' },
    replies: [],
  },
  {
    title: 'rpc call of non-existent method',
    post: { jsonrpc, method: 'foobar', id: '1' },
    replies: [{ jsonrpc, error: -32601, id: '1' }],
  },
  {
    title: 'rpc call with invalid JSON (text, where an object is meant)',
    post: '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    replies: [{ jsonrpc, error: -32700, id: null }],
  },
  {
    title: 'rpc call with invalid Request object',
    post: { jsonrpc, method: 1, params: 'bar' },
    replies: [invalid],
  },
  {
    title: 'rpc call Batch, invalid JSON (text, where an array is meant)',
    post: '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method"]',
    replies: [{ jsonrpc, error: -32700, id: null }],
  },
  {
    title: 'rpc call with an empty Array',
    post: [],
    replies: [invalid],
  },
  {
    title: 'rpc call with an invalid Batch (but not empty)',
    post: [1],
    replies: [[invalid]],
  },
  {
    title: 'rpc call with invalid Batch',
    post: [1, 2, 3],
    replies: [[invalid, invalid, invalid]],
  },
  {
    title: 'rpc call Batch',
    post: [
      { jsonrpc, method: 'sum', params: [1, 2, 4], id: '1' },
      { jsonrpc, method: 'notify_hello', params: [7] },
      { jsonrpc, method: 'subtract', params: [42, 23], id: '2' },
      { foo: 'boo' },
      { jsonrpc, method: 'foo.get', params: { name: 'myself' }, id: '5' },
      { jsonrpc, method: 'get_data', id: '9' },
    ],
    replies: [
      [
        { jsonrpc, result: 7, id: '1' },
        { jsonrpc, result: 19, id: '2' },
        invalid,
        { jsonrpc, error: -32601, id: '5' },
        { jsonrpc, result: ['hello', 5], id: '9' },
      ],
    ],
  },
  {
    title: 'rpc call Batch (all notifications)',
    post: [
      { jsonrpc, method: 'notify_sum', params: [1, 2, 4] },
      { jsonrpc, method: 'notify_hello', params: [7] },
    ],
    replies: [],
  },
];

describe('JSON-RPC 2.0, section 7', () => {
  for (const { title, post, replies } of examples) {
    it(title, async () => {
      assert.deepEqual(codesOf(await rawClient().ask(post)), replies);
    });
  }

  it('runs every notification, in order, though none is answered', async () => {
    const client = rawClient();
    const { post: update } = examples.find(({ title }) => title === 'a Notification') as Example;
    const { post: batch } = examples.find(({ title }) => title === 'rpc call Batch (all notifications)') as Example;
    const replies = await client.ask(update, batch, { jsonrpc, method: 'told', id: 1 });
    assert.deepEqual(replies, [{ jsonrpc, id: 1, result: [[1, 2, 3, 4, 5], [1, 2, 4], [7]] }]);
  });

  it('has a sentence for each error, and its code as a name', async () => {
    const [unknown, malformed] = await rawClient().ask(
      { jsonrpc, method: 'foobar', id: 1 },
      { jsonrpc, method: 1, id: 2 },
    );
    const errorOf = (reply: unknown): { message: string; data: { code: string } } => (reply as { error: never }).error;
    assert.include(errorOf(unknown).message, 'foobar');
    assert.equal(errorOf(unknown).data.code, 'COMMAND_NOT_FOUND');
    assert.isNotEmpty(errorOf(malformed).message);
    assert.equal(errorOf(malformed).data.code, 'MALFORMED_MESSAGE');
  });
});
