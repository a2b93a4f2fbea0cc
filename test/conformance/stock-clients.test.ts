/** JSON-RPC clients of other people's, posting straight at a core's worker. */
import { assert } from 'chai';
import type * as JsonRpc from 'json-rpc-2.0';
import type * as VSCode from 'vscode-jsonrpc/browser';
import { commonJs } from '../support/common-js.ts';
import { atEnd, eventually, rejection } from '../support/corral.ts';
import { conformanceWorker } from './raw-client.ts';

const jsonrpc = '2.0';

/** What both packages reject with. */
interface StockError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly code: string };
}

async function stockRejection(promise: PromiseLike<unknown>): Promise<StockError> {
  return (await rejection(Promise.resolve(promise))) as unknown as StockError;
}

describe('json-rpc-2.0', () => {
  let JSONRPCClient: typeof JsonRpc.JSONRPCClient;

  before(async () => {
    ({ JSONRPCClient } = await commonJs<typeof JsonRpc>('json-rpc-2.0/dist/index.js'));
  });

  function open(): JsonRpc.JSONRPCClient {
    const worker = conformanceWorker();
    const client = new JSONRPCClient((message) => worker.postMessage(message));
    worker.onmessage = ({ data }) => client.receive(data as JsonRpc.JSONRPCResponse);
    atEnd(() => worker.terminate());
    return client;
  }

  it('calls, with positional and with named parameters', async () => {
    const client = open();
    assert.equal(await client.request('subtract', [42, 23]), 19);
    assert.equal(await client.request('subtract', { subtrahend: 23, minuend: 42 }), 19);
    assert.deepEqual(await Promise.all([1, 2, 3].map((value) => client.request('sum', [value, value]))), [2, 4, 6]);
  });

  it('gets null from a command that answers nothing, and takes it for an answer', async () => {
    assert.equal(await open().request('nothing', undefined), null);
  });

  it('notifies', async () => {
    const client = open();
    client.notify('update', [1, 2, 3, 4, 5]);
    assert.deepEqual(await client.request('told', undefined), [[1, 2, 3, 4, 5]]);
  });

  it('calls in a batch, and gets each answer where it asked', async () => {
    const responses = await open().requestAdvanced([
      { jsonrpc, id: 'a', method: 'sum', params: [1, 2, 4] },
      { jsonrpc, method: 'notify_hello', params: [7] },
      { jsonrpc, id: 'b', method: 'foo.get' },
    ]);
    assert.deepEqual(
      responses.map(({ id, result, error }) => [id, result ?? error?.code]),
      [
        ['a', 7],
        ['b', -32601],
      ],
    );
  });

  it('gets the standard error codes', async () => {
    const client = open();
    const codes = await Promise.all([
      stockRejection(client.request('foobar', undefined)),
      stockRejection(client.request('sum', ['a'])),
      stockRejection(client.request('wrong', undefined)),
      stockRejection(client.request('throws', undefined)),
    ]);
    assert.deepEqual(
      codes.map(({ code, data }) => [code, data?.code]),
      [
        [-32601, 'COMMAND_NOT_FOUND'],
        [-32602, 'INVALID_ARGUMENTS'],
        [-32603, 'INVALID_RESULT'],
        [-32000, 'COMMAND_FAILED'],
      ],
    );
    const invalid = await client.requestAdvanced({ jsonrpc: '1.0' as '2.0', id: 'old', method: 'sum', params: [1] });
    assert.equal(invalid.error?.code, -32600);
  });

  it('cancels by a notification', async () => {
    const client = open();
    const waiting = stockRejection(
      client.requestAdvanced({ jsonrpc, id: 'w', method: 'wait' }).then(({ error }) => Promise.reject(error)),
    );
    client.notify('$/cancelRequest', { id: 'w' });
    assert.equal((await waiting).code, -32800);
    assert.deepEqual(await client.request('told', undefined), ['AbortError']);
  });
});

describe('vscode-jsonrpc', () => {
  let vscode: typeof VSCode;

  before(async () => {
    vscode = await commonJs<typeof VSCode>('vscode-jsonrpc/lib/browser/main.js');
  });

  function open(): { connection: VSCode.MessageConnection; errors: unknown[]; unhandled: unknown[] } {
    const worker = conformanceWorker();
    const connection = vscode.createMessageConnection(
      new vscode.BrowserMessageReader(worker),
      new vscode.BrowserMessageWriter(worker),
    );
    const errors: unknown[] = [];
    const unhandled: unknown[] = [];
    connection.onError((error) => errors.push(error));
    connection.onUnhandledNotification((message) => unhandled.push(message.method));
    connection.listen();
    atEnd(() => {
      connection.dispose();
      worker.terminate();
    });
    return { connection, errors, unhandled };
  }

  it('calls, with positional and with named parameters, and finds no fault in what comes', async () => {
    const { connection, errors, unhandled } = open();
    assert.equal(await connection.sendRequest('subtract', 42, 23), 19);
    assert.equal(await connection.sendRequest('subtract', { subtrahend: 23, minuend: 42 }), 19);
    assert.equal(await connection.sendRequest('nothing'), null);
    assert.deepEqual(errors, []);
    // A `$/` notification is one that a client may ignore.
    assert.deepEqual(unhandled, ['$/ready']);
  });

  it('notifies', async () => {
    const { connection } = open();
    await connection.sendNotification('update', vscode.ParameterStructures.byPosition, 1, 2, 3);
    assert.deepEqual(await connection.sendRequest('told'), [[1, 2, 3]]);
  });

  it('gets the standard error codes', async () => {
    const { connection } = open();
    const { MethodNotFound, InvalidParams, InternalError } = vscode.ErrorCodes;
    const expected = [
      [connection.sendRequest('foobar'), MethodNotFound],
      [connection.sendRequest('sum', 'a', 'b'), InvalidParams],
      [connection.sendRequest('wrong'), InternalError],
      [connection.sendRequest('$/unknown'), MethodNotFound],
    ] as const;
    for (const [call, code] of expected) {
      const error = await stockRejection(call);
      assert.instanceOf(error, vscode.ResponseError);
      assert.equal(error.code, code);
    }
  });

  it('cancels with its token', async () => {
    const { connection } = open();
    const source = new vscode.CancellationTokenSource();
    const waiting = stockRejection(connection.sendRequest('wait', source.token));
    source.cancel();
    // -32800 is RequestCancelled in the Language Server Protocol.
    assert.equal((await waiting).code, -32800);
    await eventually(
      'the handler saw the abort',
      async () => ((await connection.sendRequest('told')) as unknown[]).length === 1,
    );
    assert.deepEqual(await connection.sendRequest('told'), ['AbortError']);
  });

  it('is unharmed when it cancels a call that has been answered', async () => {
    const { connection, errors } = open();
    const source = new vscode.CancellationTokenSource();
    assert.equal(await connection.sendRequest('sum', vscode.ParameterStructures.byPosition, 1, 2, source.token), 3);
    source.cancel();
    assert.equal(await connection.sendRequest('subtract', 3, 2), 1);
    assert.deepEqual(errors, []);
  });
});
