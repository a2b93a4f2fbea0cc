/** Every code of the table: when it comes, from which side, with which details, in which words. */
import { assert } from 'chai';
import { CorralError, isCorralError } from 'corral';
import { command, createCore, event } from 'corral/core';
import * as v from 'valibot';
import { openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

const silent = { onError: () => {} };

describe('a rejected call', () => {
  it('is COMMAND_NOT_FOUND when the core has no such command', async () => {
    const core = createCore({ name: 'shop', commands: { cart: { add: command({ handler: () => 1 }) } } });
    const { invoke } = openInProcess(core);
    for (const name of ['cart.remove', 'cart', 'add', '', 'constructor', 'toString', '__proto__', 'cart.constructor', 'cart.add.call']) {
      const error = await rejection((invoke as (command: string) => Promise<unknown>)(name));
      assert.instanceOf(error, CorralError);
      assert.equal(error.code, 'COMMAND_NOT_FOUND', name);
      assert.equal(error.side, 'core');
      assert.deepEqual(error.details, { command: name } as never);
      assert.include(error.message, `\`${name}\``);
      assert.include(error.message, 'shop');
    }
  });

  it('is refused when it would speak in the name of Corral', async () => {
    const heard: unknown[] = [];
    const { emit, listen } = openInProcess(createCore({ name: unique() }), { label: 'kiosk' });
    await listen('corral:client-left', ({ payload }) => heard.push(payload));
    const error = await rejection(emit('corral:client-left' as never, { id: 'x', label: 'y' } as never));
    assert.include(['NOT_ALLOWED', 'INVALID_PAYLOAD'], error.code);
    assert.include(error.message, '`corral:client-left`');
    assert.isEmpty(heard);
  });

  it('is INVALID_PAYLOAD when an event is refused or not declared', async () => {
    const core = createCore({ name: unique(), events: { moved: event(v.object({ x: v.number() })), quiet: event() } });
    const { emit, listen } = openInProcess(core);
    const refused = (await rejection(emit('moved', { x: 'left' } as never))) as CorralError<'INVALID_PAYLOAD'>;
    assert.equal(refused.code, 'INVALID_PAYLOAD');
    assert.equal(refused.details.event, 'moved');
    assert.deepEqual(refused.details.issues[0]?.path, ['x']);
    assert.include(refused.message, '`moved`');
    for (const ask of [() => emit('nothing' as never), () => listen('nothing' as never, () => {})]) {
      const unknown = await rejection(ask());
      assert.equal(unknown.code, 'INVALID_PAYLOAD');
      assert.deepEqual(unknown.details, { event: 'nothing', issues: [] } as never);
    }
    assert.equal((await rejection(emit('quiet', 1 as never))).code, 'INVALID_PAYLOAD');
    await emit('quiet');
  });

  it('is OVERLOADED when too many calls are open, and the others go on', async () => {
    const core = createCore({
      name: unique(),
      limits: { calls: 3 },
      commands: { wait: command({ handler: () => new Promise((resolve) => setTimeout(resolve, 50, 'done')) }) },
    });
    const { invoke } = openInProcess(core);
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => invoke.wait()));
    assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    const error = (results[4] as PromiseRejectedResult).reason as CorralError<'OVERLOADED'>;
    assert.equal(error.code, 'OVERLOADED');
    assert.deepEqual(error.details, { limit: 'calls', allowed: 3 });
    assert.include(error.message, '3');
    assert.equal(await invoke.wait(), 'done');
  });

  it('is OVERLOADED when an argument is over a limit, which the details name', async () => {
    const core = createCore({
      name: unique(),
      limits: { nodes: 100, depth: 4, stringLength: 1000 },
      commands: { take: command({ args: v.any(), handler: () => 'taken' }) },
    });
    const { invoke } = openInProcess(core);
    const wide = await rejection(invoke.take(Array.from({ length: 101 }, () => 1)));
    assert.deepEqual([wide.code, wide.details], ['OVERLOADED', { limit: 'nodes', allowed: 100 } as never]);
    const deep = await rejection(invoke.take([[[[[]]]]]));
    assert.deepEqual([deep.code, deep.details], ['OVERLOADED', { limit: 'depth', allowed: 4 } as never]);
    const long = await rejection(invoke.take('x'.repeat(1001)));
    assert.deepEqual([long.code, long.details], ['OVERLOADED', { limit: 'stringLength', allowed: 1000 } as never]);
    assert.equal(await invoke.take([[[['x'.repeat(1000)]]]]), 'taken');
  });

  it('is OVERLOADED when an answer is over the limit that the core sets itself', async () => {
    const core = createCore({
      ...silent,
      name: unique(),
      limits: { answerNodes: 10 },
      commands: { list: command({ args: v.number(), handler: (length) => Array.from({ length }, () => 0) }) },
    });
    const { invoke } = openInProcess(core);
    assert.lengthOf(await invoke.list(5), 5);
    assert.equal((await rejection(invoke.list(11))).code, 'OVERLOADED');
  });

  it('is none when an answer is within that limit, whatever it is made of', async () => {
    class Point { x = 1; }
    const answers = [Object.assign(Object.create(null), { a: 1 }), new Point(), new Map([[1, new Set([2])]]), new Date(0), new Uint8Array(50), null, 'x'];
    const core = createCore({ name: unique(), limits: { answerNodes: 10 }, commands: { get: command({ args: v.number(), handler: (n) => answers[n] as unknown }) } });
    const { invoke } = openInProcess(core);
    assert.deepEqual(await invoke.get(0), { a: 1 });
    assert.deepEqual(await invoke.get(1), { x: 1 });
    for (let n = 2; n < answers.length; n++) assert.deepEqual(await invoke.get(n), answers[n]);
  });

  it('is NOT_CLONEABLE on the client when an argument cannot cross; the details say where', async () => {
    const core = createCore({ name: unique(), commands: { take: command({ args: v.any(), handler: () => 'taken' }) } });
    const { invoke } = openInProcess(core);
    const neighbours = [invoke.take(1), rejection(invoke.take({ list: [0, { callback: () => {} }] })), invoke.take(2)] as const;
    const error = (await Promise.all(neighbours))[1];
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.equal(error.side, 'client');
    assert.deepEqual((error as CorralError<'NOT_CLONEABLE'>).details.path?.map(String), ['list', '1', 'callback']);
    assert.include(error.message, '`take`');
    assert.include(error.message, '`list.1.callback`');
    assert.instanceOf(error.cause, DOMException);
  });

  it('is NOT_CLONEABLE on the client when a getter throws or a transfer is refused', async () => {
    const core = createCore({ name: unique(), commands: { take: command({ args: v.any(), handler: () => 'taken' }) } });
    const { invoke } = openInProcess(core);
    const throwing = { inner: { get bad(): never { throw new RangeError('no'); } } };
    const error = await rejection(invoke.take(throwing));
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.deepEqual(error.details, { path: ['inner', 'bad'] } as never);
    const buffer = new ArrayBuffer(8);
    assert.equal((await rejection(invoke.take(buffer, { transfer: [buffer, buffer] }))).code, 'NOT_CLONEABLE');
    assert.equal(buffer.byteLength, 8, 'what failed to cross stays where it was');
  });

  it('is NOT_CLONEABLE on the core when an answer cannot cross, and only that call fails', async () => {
    const core = createCore({
      ...silent,
      name: unique(),
      commands: { bad: command({ handler: () => ({ inner: { run: () => {} } }) as object }), good: command({ handler: () => 'fine' }) },
    });
    const { invoke } = openInProcess(core);
    const [before, error, after] = await Promise.all([invoke.good(), rejection(invoke.bad()), invoke.good()]);
    assert.deepEqual([before, after], ['fine', 'fine']);
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.equal(error.side, 'core');
    assert.deepEqual(error.details, { path: ['inner', 'run'] } as never);
  });

  it('is MALFORMED_MESSAGE when what goes beside the argument is not what it should be', async () => {
    const core = createCore({ name: unique(), commands: { go: command({ handler: () => 'gone' }) } });
    const { invoke } = openInProcess(core);
    const send = (headers: unknown): Promise<unknown> => invoke.go(undefined, { headers: headers as never });
    for (const headers of [{ n: 1 }, [1], { inner: {} }]) assert.equal((await rejection(send(headers))).code, 'MALFORMED_MESSAGE');
    for (const headers of [{ long: 'x'.repeat(9000) }, Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`h${n}`, '']))]) assert.include(['MALFORMED_MESSAGE', 'OVERLOADED'], (await rejection(send(headers))).code);
    assert.equal(await invoke.go(undefined, { headers: { trace: 'x' } }), 'gone');
  });

  it('can be told apart by isCorralError and by its code', async () => {
    const { invoke } = openInProcess(createCore({ name: unique() }));
    const error: unknown = await rejection((invoke as unknown as (command: string) => Promise<unknown>)('nothing'));
    assert.isTrue(isCorralError(error));
    assert.isTrue(isCorralError(error, 'COMMAND_NOT_FOUND'));
    assert.isFalse(isCorralError(error, 'OVERLOADED'));
    assert.isFalse(isCorralError(new Error('other')));
    assert.equal((error as Error).name, 'CorralError');
    assert.match(String(error), /^CorralError: /);
  });

  it('rejects with a TypeError at once when a timeout is no number of milliseconds', async () => {
    const { invoke, stats } = openInProcess(createCore({ name: unique(), commands: { go: command({ handler: () => 1 }) } }));
    for (const timeout of [-1, NaN, 'soon' as never]) assert.instanceOf(await rejection(invoke.go(undefined, { timeout })), TypeError);
    assert.equal(stats().calls, 0);
  });
});
