/** A core that is none of ours: whatever it answers, the client settles each call once and keeps its head. */
import { assert } from 'chai';
import { linkPair } from 'corral/testing';
import { eventually, open, rejection } from '../support/corral.ts';
import type { VictimCore } from './victim.ts';

const WELCOME = { protocol: 1, client: 'x', core: { name: 'foreign' }, limits: {} };

describe('foreign cores', () => {
  it('24: a client settles each call once, whatever its core sends, and counts the rest', async () => {
    const [near, far] = linkPair();
    const { invoke, listen, stats } = open<VictimCore>(near as unknown as MessagePort);
    const asked: { id: number; method: string }[] = [];
    far.onmessage = ({ data }) => {
      const [{ id, method }] = [data].flat() as [{ id: number; method: string }];
      if (method === '$/hello') far.postMessage({ jsonrpc: '2.0', id, result: WELCOME }, []);
      asked.push({ id, method });
    };
    far.start();
    const heard: unknown[] = [];
    await listen('corral:core-ready', () => {});
    await listen('corral:core-lost', ({ payload }) => void heard.push(payload));
    const taking = invoke.take(1);
    await eventually('the call arrives', () => asked.some(({ method }) => method === 'take'));
    const { id } = asked.find(({ method }) => method === 'take') as { id: number };
    const odd: unknown[] = [
      null,
      undefined,
      1,
      'text',
      {},
      [],
      [null],
      { jsonrpc: '2.0', method: '$/event' },
      { jsonrpc: '2.0', method: '$/event', params: null },
      { method: '$/event', params: { event: 'news' } },
      { method: '$/unknown' },
      { method: 5 },
      { id: id + 1, result: 1 },
      { id: String(id), result: 1 },
      { id: Number.NaN, error: null },
    ];
    for (const message of odd) far.postMessage(message, []);
    // One frame: what is odd in it must not keep the answer from its call.
    far.postMessage(
      [
        ...odd.filter((message) => !Array.isArray(message)),
        { jsonrpc: '2.0', id, result: 'first' },
        { jsonrpc: '2.0', id, result: 'second' },
      ],
      [],
    );
    assert.equal(await taking, 'first');
    await eventually('the rest is counted', () => stats().strays >= 10);
    assert.deepEqual(heard, []);
    assert.equal(stats().state, 'open');
  });

  it('24: a reply without a result or a readable error rejects its call', async () => {
    const [near, far] = linkPair();
    const { invoke } = open<VictimCore>(near as unknown as MessagePort);
    let reply: object = {};
    far.onmessage = ({ data }) => {
      for (const { id, method } of [data].flat() as { id: unknown; method: string }[]) {
        if (method === '$/hello') far.postMessage({ jsonrpc: '2.0', id, result: WELCOME }, []);
        else far.postMessage({ jsonrpc: '2.0', id, ...reply }, []);
      }
    };
    far.start();
    for (reply of [
      {},
      { error: null },
      { error: 'text' },
      { error: {} },
      { error: { message: 5 } },
      { error: { code: 1, message: 'm', data: 'd' } },
      { error: { message: 'm', data: { code: 5 } } },
      { result: 1, error: { message: 'both' } },
    ]) {
      const error = await rejection(invoke.take(1));
      assert.equal(error.name, 'CorralError');
      assert.include(['MALFORMED_MESSAGE', 'COMMAND_FAILED'], error.code);
    }
  });

  it('24: a welcome without its fields opens the connection or ends it, and leaves nothing hanging', async () => {
    const welcomes: unknown[] = [
      {},
      [],
      { client: null },
      { ...WELCOME, client: {} },
      { ...WELCOME, bus: 5 },
      { ...WELCOME, bus: {} },
      { ...WELCOME, protocol: 2 },
      null,
      'text',
      5,
    ];
    for (const welcome of welcomes) {
      const [near, far] = linkPair();
      far.onmessage = ({ data }) => {
        for (const { id, method } of [data].flat() as { id: unknown; method: string }[]) {
          far.postMessage(
            { jsonrpc: '2.0', id, result: method === '$/hello' ? welcome : method === '$/listen' ? {} : 'answer' },
            [],
          );
        }
      };
      far.start();
      const { invoke, listen, close, stats } = open<VictimCore>(near as unknown as MessagePort);
      const settled = await Promise.allSettled([invoke.take(1), listen('news', () => {})]);
      for (const call of settled)
        if (call.status === 'rejected') assert.equal(call.reason.name, 'CorralError', JSON.stringify(welcome));
      assert.include(['open', 'closed'], stats().state);
      close();
      assert.deepInclude(stats(), { state: 'closed', calls: 0, listeners: 0 });
    }
  });

  it('24: a core that says goodbye before it has begun, or again and again, is gone once', async () => {
    const [near, far] = linkPair();
    const { invoke, listen, stats } = open<VictimCore>(near as unknown as MessagePort);
    const lost: string[] = [];
    await listen('corral:core-lost', ({ payload }) => void lost.push(payload.reason));
    const waiting = [rejection(invoke.take(1)), rejection(listen('news', () => {}))];
    for (const params of [{ reason: 'violations' }, { reason: 'closed' }, undefined, null, 5])
      far.postMessage({ jsonrpc: '2.0', method: '$/bye', params }, []);
    for (const error of await Promise.all(waiting)) assert.equal(error.code, 'CONNECTION_LOST');
    assert.deepEqual(lost, ['disconnected']);
    assert.deepInclude(stats(), { state: 'closed', calls: 0, listeners: 0 });
  });
});
