/** Frames: what is posted together, in which direction, and that one bad message harms only itself. */
import { assert } from 'chai';
import type { Conformance } from '../support/cores/conformance.core.ts';
import { open, rejection } from '../support/corral.ts';
import { codesOf, conformanceWorker, rawClient } from './raw-client.ts';

const jsonrpc = '2.0';
const sum = (id: number): object => ({ jsonrpc, id, method: 'sum', params: [id] });
const FRAME_LENGTH = 4096;

/** A worker, with all that goes through it in either direction, one entry for each post. */
function tapped(): { worker: Worker; posted: unknown[]; arrived: unknown[] } {
  const worker = conformanceWorker();
  const posted: unknown[] = [];
  const arrived: unknown[] = [];
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (data: unknown, transfer: unknown) => {
    post(data, transfer as Transferable[]);
    posted.push(...withoutPings(data));
  };
  worker.addEventListener('message', ({ data }) => arrived.push(...withoutPings(data)));
  return { worker, posted, arrived };
}

/** The one post as it was, but for the signs of life that a slow machine makes a client ask for. */
function withoutPings(data: unknown): unknown[] {
  const isPing = ({ method, id }: { method?: string; id?: unknown }): boolean => method === '$/ping' || id === 'ping';
  if (!Array.isArray(data)) return isPing(data as object) ? [] : [data];
  const rest = data.filter((message) => !isPing(message));
  return rest.length > 1 ? [rest] : rest;
}

const methodsOf = (messages: unknown[]): unknown[] =>
  messages.map((message) => (Array.isArray(message) ? methodsOf(message) : (message as { method?: string }).method));

describe('frames of a client', () => {
  it('do not come before hello is answered: what is asked until then waits, and goes in one', async () => {
    const { worker, posted } = tapped();
    const { invoke } = open<Conformance>(() => worker);
    const calls = Promise.all([invoke.sum([1]), invoke.sum([2]), invoke.sum([3])]);
    assert.deepEqual(await calls, [1, 2, 3]);
    // Once or twice: a core that came up after the first hello asks for it again.
    const hellos = posted.findLastIndex((message) => !Array.isArray(message)) + 1;
    assert.sameMembers(methodsOf(posted.slice(0, hellos)), Array(hellos).fill('$/hello'));
    assert.deepEqual(methodsOf(posted.slice(hellos)), [['sum', 'sum', 'sum']]);
  });

  it('hold the messages of one tick, in order, whatever they are; a lone message is no array', async () => {
    const { worker, posted, arrived } = tapped();
    const { invoke } = open<Conformance>(() => worker);
    await invoke.sum([]);
    posted.length = arrived.length = 0;

    const controller = new AbortController();
    const waiting = rejection(invoke.wait(undefined, { signal: controller.signal }));
    const two = Promise.all([invoke.sum([1, 2]), invoke.get_data()]);
    controller.abort();
    await Promise.all([waiting, two]);
    await invoke.sum([3]);
    assert.deepEqual(methodsOf(posted), [['wait', 'sum', 'get_data', '$/cancelRequest'], 'sum']);
    assert.deepEqual(
      arrived.map((frame) => (Array.isArray(frame) ? frame.length : 'alone')),
      [3, 'alone'],
    );
  });

  it('are one for each tick', async () => {
    const { worker, posted } = tapped();
    const { invoke } = open<Conformance>(() => worker);
    await invoke.sum([]);
    posted.length = 0;
    const first = [invoke.sum([1]), invoke.sum([2])];
    await Promise.resolve();
    const second = [invoke.sum([3]), invoke.sum([4])];
    assert.deepEqual(await Promise.all([...first, ...second]), [1, 2, 3, 4]);
    assert.deepEqual(methodsOf(posted), [
      ['sum', 'sum'],
      ['sum', 'sum'],
    ]);
  });

  it('never hold more than 4,096 messages, in either direction', async () => {
    const { worker, posted, arrived } = tapped();
    const { invoke } = open<Conformance>(() => worker);
    await invoke.sum([]);
    posted.length = arrived.length = 0;
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, index) => invoke.sum([index])));
    assert.deepEqual(
      answers,
      answers.map((_, index) => index),
    );
    assert.lengthOf(posted.flat(), 10_000);
    assert.isAtMost(posted.length, 10_000 / 64);
    for (const frame of [...posted, ...arrived]) assert.isAtMost((frame as unknown[]).length, FRAME_LENGTH);
  });

  it('with one function in one call of ten fail at that call only, and say where the function is', async () => {
    const { worker, posted } = tapped();
    const { invoke } = open<Conformance>(() => worker);
    await invoke.sum([]);
    posted.length = 0;
    const calls = Array.from({ length: 10 }, (_, index) =>
      index === 4 ? invoke.takes({ callbacks: [0, () => {}] }) : invoke.takes(index),
    );
    const error = await rejection(calls[4] as Promise<unknown>);
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.equal(error.side, 'client');
    assert.deepEqual(error.details, { path: ['callbacks', 1] } as never);
    calls.splice(4, 1);
    assert.deepEqual(await Promise.all(calls), Array(9).fill('taken'));
    assert.lengthOf(posted, 2, 'what came before it, and what came after');
  });

  it('with several of them fail at each of them only', async () => {
    const { invoke } = open<Conformance>(conformanceWorker);
    await invoke.sum([]);
    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => invoke.takes(index % 3 ? index : Symbol())),
    );
    assert.deepEqual(
      settled.map(({ status }) => status),
      settled.map((_, index) => (index % 3 ? 'fulfilled' : 'rejected')),
    );
  });

  it('move what their calls transfer, also when a neighbour cannot be cloned', async () => {
    const { invoke } = open<Conformance>(conformanceWorker);
    await invoke.sum([]);
    const buffers = [new ArrayBuffer(8), new ArrayBuffer(8)] as const;
    const [first, second, third] = [
      invoke.takes(buffers[0], { transfer: [buffers[0]] }),
      rejection(invoke.takes(() => {})),
      invoke.takes(buffers[1], { transfer: [buffers[1]] }),
    ];
    assert.deepEqual(await Promise.all([first, third]), ['taken', 'taken']);
    assert.equal((await second).code, 'NOT_CLONEABLE');
    assert.deepEqual(
      buffers.map(({ byteLength }) => byteLength),
      [0, 0],
    );
  });

  it('with one call that transfers what is gone fail at that call only, and lose no other buffer', async () => {
    const { invoke } = open<Conformance>(conformanceWorker);
    await invoke.sum([]);
    const [good, gone] = [new ArrayBuffer(8), new ArrayBuffer(8)];
    structuredClone(gone, { transfer: [gone] });
    const calls = [
      invoke.takes(good, { transfer: [good] }),
      rejection(invoke.takes(gone, { transfer: [gone] })),
      invoke.takes(1),
    ] as const;
    assert.equal((await calls[1]).code, 'NOT_CLONEABLE');
    assert.deepEqual(await Promise.all([calls[0], calls[2]]), ['taken', 'taken']);
  });

  it('with one answer that cannot be cloned fail at that call only', async () => {
    const { invoke } = open<Conformance>(conformanceWorker);
    await invoke.sum([]);
    const calls = [invoke.sum([1]), invoke.uncloneable(), invoke.sum([3])] as const;
    const error = await rejection(calls[1]);
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.equal(error.side, 'core');
    assert.deepEqual(await Promise.all([calls[0], calls[2]]), [1, 3]);
  });
});

describe('frames of a core', () => {
  it('do not come before hello: calls of one tick are answered one by one', async () => {
    assert.deepEqual(await rawClient().ask(sum(1), sum(2)), [
      { jsonrpc, id: 1, result: 1 },
      { jsonrpc, id: 2, result: 2 },
    ]);
  });

  it('hold the answers of one frame', async () => {
    const client = rawClient();
    await client.hello();
    assert.deepEqual(await client.ask([sum(1), sum(2)], sum(3)), [
      [
        { jsonrpc, id: 1, result: 1 },
        { jsonrpc, id: 2, result: 2 },
      ],
      { jsonrpc, id: 3, result: 3 },
    ]);
  });

  it('do not hold an answer back for a slower one', async () => {
    const client = rawClient();
    await client.hello();
    assert.deepEqual(await client.ask([{ jsonrpc, id: 1, method: 'stubborn' }, sum(2), sum(3)]), [
      [
        { jsonrpc, id: 2, result: 2 },
        { jsonrpc, id: 3, result: 3 },
      ],
    ]);
    assert.deepEqual((await client.ask({ jsonrpc, id: 4, method: 'release' })).flat(), [
      { jsonrpc, id: 4, result: 'released' },
      { jsonrpc, id: 1, result: 'late' },
    ]);
  });

  const malformed: [string, unknown, unknown][] = [
    ['a number', 1, null],
    ['null', null, null],
    ['a frame', [sum(9)], null],
    ['no method', { jsonrpc, id: 9 }, 9],
    ['the wrong version', { jsonrpc: '1.0', id: 9, method: 'sum', params: [] }, 9],
    ['an id that is none', { jsonrpc, id: {}, method: 'sum', params: [] }, null],
  ];

  it('get one error for one malformed message, and the answers of its neighbours', async () => {
    const client = rawClient();
    await client.hello();
    for (const [title, message, id] of malformed) {
      const frame = [
        { jsonrpc, id: 1, result: 1 },
        { jsonrpc, id, error: -32600 },
        { jsonrpc, id: 2, result: 2 },
      ];
      assert.deepEqual(codesOf(await client.ask([sum(1), message, sum(2)])), [frame], title);
    }
  });

  it('get one error for one message of text', async () => {
    const client = rawClient();
    await client.hello();
    assert.deepEqual(codesOf(await client.ask([JSON.stringify(sum(1)), sum(2)])), [
      [
        { jsonrpc, id: null, error: -32700 },
        { jsonrpc, id: 2, result: 2 },
      ],
    ]);
  });

  it('are refused as a whole, with one error, when they are too long', async () => {
    const client = rawClient();
    await client.hello();
    const long = Array.from({ length: FRAME_LENGTH + 1 }, (_, id) => sum(id));
    assert.deepEqual(codesOf(await client.ask(long, sum(1))), [
      { jsonrpc, id: null, error: -32002 },
      { jsonrpc, id: 1, result: 1 },
    ]);
  });

  it('of notifications only are answered by nothing', async () => {
    const client = rawClient();
    await client.hello();
    const notifications = [1, 2].map((value) => ({ jsonrpc, method: 'update', params: [value] }));
    assert.deepEqual(await client.ask(notifications), []);
    assert.deepEqual(await client.ask({ jsonrpc, id: 1, method: 'told' }), [{ jsonrpc, id: 1, result: [[1], [2]] }]);
  });
});
