/** What moves instead of being copied, in both directions, and what may travel at all. */
import { assert } from 'chai';
import { command, createCore, transfer } from 'corral/core';
import * as v from 'valibot';
import { eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

describe('transfer', () => {
  it('moves an argument to the core: here it is detached, there it is whole', async () => {
    const core = createCore({ name: unique(), commands: { sum: command({ args: v.object({ bytes: v.instance(Uint8Array) }), handler: ({ bytes }) => bytes.reduce((a, b) => a + b, 0) }) } });
    const { invoke } = openInProcess(core);
    const bytes = new Uint8Array([1, 2, 3]);
    assert.equal(await invoke.sum({ bytes }), 6);
    assert.equal(bytes.byteLength, 3, 'without transfer it is copied');
    assert.equal(await invoke.sum({ bytes }, { transfer: [bytes.buffer] }), 6);
    assert.equal(bytes.byteLength, 0);
  });

  it('moves an answer to the client: there it is detached, here it is whole', async () => {
    const kept: Uint8Array[] = [];
    const core = createCore({
      name: unique(),
      commands: {
        now: command({ handler: () => { const bytes = new Uint8Array([1, 2]); kept.push(bytes); return transfer(bytes, [bytes.buffer]); } }),
        later: command({ handler: async () => { await Promise.resolve(); const bytes = new Uint8Array([3]); kept.push(bytes); return transfer({ bytes }, [bytes.buffer]); } }),
        checked: command({ returns: v.object({ bytes: v.instance(Uint8Array) }), handler: () => { const bytes = new Uint8Array([4]); kept.push(bytes); return transfer({ bytes }, [bytes.buffer]); } }),
      },
    });
    const { invoke } = openInProcess(core);
    assert.deepEqual([...await invoke.now()], [1, 2]);
    assert.deepEqual([...(await invoke.later()).bytes], [3]);
    assert.deepEqual([...(await invoke.checked()).bytes], [4]);
    assert.deepEqual(kept.map(({ byteLength }) => byteLength), [0, 0, 0]);
  });

  it('moves a stream whole where the engine can; where its items are to be judged, none goes past `yields`', async () => {
    const numbers = (): ReadableStream<number> => new ReadableStream({ start(controller) { controller.enqueue(1); controller.close(); } });
    const moved = (): { body: ReadableStream<number> } => {
      const body = numbers();
      return transfer({ body }, [body]);
    };
    const core = createCore({
      name: unique(),
      commands: {
        send: command({ handler: moved }),
        judged: command({ yields: v.string(), handler: () => { const body = numbers(); return transfer(body, [body]) as never; } }),
      },
      onError: () => {},
    });
    const { invoke, stats } = openInProcess(core);
    const able = (() => {
      const stream = numbers();
      try {
        return structuredClone(stream, { transfer: [stream] }) instanceof ReadableStream;
      } catch {
        return false; // WebKit
      }
    })();
    if (able) {
      const { body } = (await invoke.send()) as { body: ReadableStream<number> };
      assert.equal(stats().channels, 0);
      assert.deepEqual(await body.getReader().read(), { value: 1, done: false });
    } else assert.equal((await rejection(invoke.send())).code, 'NOT_CLONEABLE');
    assert.equal((await rejection(invoke.judged().then((stream) => stream.getReader().read()))).code, 'INVALID_RESULT');
  });

  it('moves each of many calls its own, in one tick, beside calls that move nothing', async () => {
    const core = createCore({ name: unique(), commands: { first: command({ args: v.instance(Uint8Array), handler: (bytes) => transfer(bytes, [bytes.buffer as ArrayBuffer]) }), ping: command({ handler: () => 'pong' }) } });
    const { invoke } = openInProcess(core);
    await invoke.ping();
    const many = Array.from({ length: 20 }, (_, n) => new Uint8Array([n]));
    const answers = await Promise.all(many.map((bytes, n) => (n % 5 === 0 ? invoke.ping() : invoke.first(bytes, { transfer: [bytes.buffer] }))));
    assert.deepEqual(answers.map((answer) => (typeof answer === 'string' ? answer : answer[0])), many.map((_, n) => (n % 5 === 0 ? 'pong' : n)));
    assert.deepEqual(many.map(({ byteLength }) => byteLength), many.map((_, n) => (n % 5 === 0 ? 1 : 0)));
  });

  it('of a call that waits for the core moves when it is sent', async () => {
    const core = createCore({ name: unique(), setup: () => new Promise((resolve) => setTimeout(resolve, 30)), commands: { size: command({ args: v.instance(ArrayBuffer), handler: (buffer) => buffer.byteLength }) } });
    const { invoke } = openInProcess(core);
    const buffer = new ArrayBuffer(64);
    const call = invoke.size(buffer, { transfer: [buffer] });
    assert.equal(buffer.byteLength, 64);
    assert.equal(await call, 64);
    assert.equal(buffer.byteLength, 0);
  });

  it('that fails beside good neighbours moves theirs all the same', async () => {
    const core = createCore({ name: unique(), commands: { size: command({ args: v.any(), handler: (value: ArrayBuffer) => value.byteLength }), ping: command({ handler: () => 1 }) } });
    const { invoke } = openInProcess(core);
    await invoke.ping();
    const [good, bad] = [new ArrayBuffer(8), new ArrayBuffer(16)];
    const results = await Promise.allSettled([invoke.size(good, { transfer: [good] }), invoke.size({ bad, run: () => {} }, { transfer: [bad] }), invoke.ping()]);
    assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
    assert.deepEqual([good.byteLength, bad.byteLength], [0, 16]);
  });

  it('carries a MessagePort that the argument holds, to a worker', async () => {
    const core = createCore({ name: unique(), commands: { greet: command({ args: v.object({ port: v.instance(MessagePort) }), handler: ({ port }) => port.postMessage('hello from the core') }) } });
    const { invoke } = openInProcess(core);
    const { port1, port2 } = new MessageChannel();
    const heard: unknown[] = [];
    port1.onmessage = ({ data }) => heard.push(data);
    await invoke.greet({ port: port2 }, { transfer: [port2] });
    await eventually('it was heard', () => heard.length > 0);
    assert.deepEqual(heard, ['hello from the core']);
    port1.close();
  });

  it('of what is detached already rejects that call only', async () => {
    const core = createCore({ name: unique(), commands: { size: command({ args: v.any(), handler: (value: ArrayBuffer) => value.byteLength }) } });
    const { invoke } = openInProcess(core);
    const buffer = new ArrayBuffer(8);
    await invoke.size(buffer, { transfer: [buffer] });
    assert.equal((await rejection(invoke.size(buffer, { transfer: [buffer] }))).code, 'NOT_CLONEABLE');
    assert.equal(await invoke.size(new ArrayBuffer(4)), 4);
  });
});

describe('whatever structured cloning carries', () => {
  it('crosses to a worker and back as it is', async () => {
    const { invoke } = open<Workshop>(() => startWorkshop());
    const values: unknown[] = [
      null, 0, -0, NaN, Infinity, '', 'ünï\u0000cödé 🐎', true, 10n ** 30n,
      new Date(0), /x/gi, new Map([['a', new Set([1])]]), new Set([new Date(1)]),
      [1, [2, [3]]], { a: { b: [] } }, new Uint8Array([1, 2]), new Float64Array([0.5]).buffer, new DataView(new ArrayBuffer(3)),
      [undefined, null], { x: undefined },
    ];
    for (const value of values) assert.deepEqual(await invoke.echo(value), value);
    const blob = await invoke.echo(new Blob(['text'])) as Blob;
    assert.equal(await blob.text(), 'text');
  });

  it('keeps references that are shared and circles that are closed', async () => {
    const core = createCore({ name: unique(), limits: { depth: 10, nodes: 1000 }, commands: { answer: command({ handler: () => { const circle: { self?: unknown } = {}; circle.self = circle; return circle; } }), shared: command({ args: v.any(), handler: (value: { a: object; b: object }) => value.a === value.b }) } });
    const { invoke } = openInProcess(core);
    const circle = await invoke.answer();
    assert.strictEqual(circle.self, circle);
    const one = {};
    assert.isTrue(await invoke.shared({ a: one, b: one }));
    const endless: { self?: unknown } = {};
    endless.self = endless;
    assert.equal((await rejection(invoke.shared(endless as never))).code, 'OVERLOADED', 'a circle in an argument has no end for a schema');
  });
});
