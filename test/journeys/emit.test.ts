/** Emitting: who is told, what is refused, in which order. */
import { assert } from 'chai';
import { command, createCore, event, type Schema } from 'corral/core';
import * as v from 'valibot';
import { eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

describe('emit', () => {
  it('tells only what the schema let through, as the schema gives it', async () => {
    const core = createCore({ name: unique(), events: { said: event(v.pipe(v.string(), v.trim(), v.minLength(1))), moved: event(v.object({ x: v.number() })) } });
    const { listen, emit } = openInProcess(core);
    const heard: unknown[] = [];
    await listen('said', ({ payload }) => heard.push(payload));
    await listen('moved', ({ payload }) => heard.push(payload));
    assert.equal((await rejection(emit('said', '   '))).code, 'INVALID_PAYLOAD');
    assert.equal((await rejection(core.emit('said', '   '))).code, 'INVALID_PAYLOAD');
    await emit('moved', { x: 1, secret: 'y' } as never);
    await emit('said', '  hello ');
    await eventually('the good ones were heard', () => heard.length === 2);
    assert.deepEqual(heard, [{ x: 1 }, 'hello']);
  });

  it('resolves with nothing once the core took it, also when nobody listens', async () => {
    const core = createCore({ name: unique(), events: { said: event(v.string()), bell: event() } });
    const { emit } = openInProcess(core);
    assert.isUndefined(await emit('said', 'x'));
    assert.isUndefined(await emit('bell'));
    assert.isUndefined(await core.emit('bell'));
  });

  it('is heard by the core too, and one of its listeners cannot harm another', async () => {
    const told: unknown[] = [];
    const core = createCore({ name: unique(), onError: (error) => told.push((error as Error).message), events: { said: event(v.string()) } });
    const heard: string[] = [];
    core.listen('said', () => { throw new Error('fell over'); });
    const unlisten = core.listen('said', ({ payload, event: name }) => heard.push(`${name} ${payload}`));
    const { emit } = openInProcess(core);
    await emit('said', 'a');
    unlisten();
    unlisten();
    await emit('said', 'b');
    assert.deepEqual(heard, ['said a']);
    assert.deepEqual(told, ['fell over', 'fell over']);
  });

  it('rejects on the client when the payload cannot cross', async () => {
    const core = createCore({ name: unique(), events: { any: event(v.any()) } });
    const { emit } = openInProcess(core);
    const error = await rejection(emit('any', { deep: () => {} }));
    assert.deepEqual([error.code, error.side], ['NOT_CLONEABLE', 'client']);
    await emit('any', 1);
  });

  it('of something that cannot be cloned harms no other event of the same tick', async () => {
    const told: unknown[] = [];
    const core = createCore({ name: unique(), onError: (error) => told.push(error), events: { any: event(v.any()) }, commands: { ping: command({ handler: () => 1 }) } });
    const { listen } = openInProcess(core);
    const heard: unknown[] = [];
    await listen('any', ({ payload }) => heard.push(payload));
    await Promise.all([core.emit('any', 1), core.emit('any', () => {}), core.emit('any', 2)]);
    await eventually('the others were heard', () => heard.length === 2);
    assert.deepEqual(heard, [1, 2]);
    assert.lengthOf(told, 1);
  });

  it('keeps the order of each emitter', async () => {
    const worker = startWorkshop();
    const { listen, emit } = open<Workshop>(worker);
    const heard: { from: string; n: number }[] = [];
    await listen('note', ({ payload }) => heard.push(payload));
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    await Promise.all(numbers.flatMap((n) => [emit('note', { from: 'a', n }), emit('note', { from: 'b', n })]));
    await eventually('all were heard', () => heard.length === 1000);
    for (const from of ['a', 'b']) assert.deepEqual(heard.filter((note) => note.from === from).map(({ n }) => n), numbers);
    worker.terminate();
  });

  it('keeps the order of an event also while its schema takes its time', async () => {
    const uneven: Schema<number> = {
      '~standard': {
        version: 1,
        vendor: 'by-hand',
        validate: (value) => {
          const n = value as number;
          if (n % 3 === 0) return { value: n };
          return new Promise((resolve) => setTimeout(() => resolve(n === 7 ? { issues: [{ message: 'Not seven' }] } : { value: n }), n % 3 === 1 ? 20 : 1));
        },
      },
    };
    const core = createCore({ name: unique(), events: { n: event(uneven), quick: event(v.number()) } });
    const { listen, emit } = openInProcess(core);
    const heard: number[] = [];
    await listen('n', ({ payload }) => heard.push(payload));
    await listen('quick', ({ payload }) => heard.push(payload));
    const emits = Array.from({ length: 12 }, (_, n) => (n === 5 ? emit('quick', 5) : emit('n', n)));
    const results = await Promise.allSettled(emits);
    await eventually('all were heard', () => heard.length === 11);
    assert.deepEqual(heard.filter((n) => n !== 5), [0, 1, 2, 3, 4, 6, 8, 9, 10, 11]);
    assert.deepEqual(results.map(({ status }) => status).filter((status) => status === 'rejected'), ['rejected']);
  });

  it('keeps the order of each way to address it: everyone, a label, one client', async () => {
    const core = createCore({
      name: unique(),
      events: { n: event(v.object({ way: v.string(), n: v.number() })) },
      commands: {
        all: command({
          handler: (_, { emit, emitTo, client }) => {
            for (let n = 0; n < 50; n++) {
              void emit('n', { way: 'everyone', n });
              void emitTo('desk', 'n', { way: 'label', n });
              void client.emit('n', { way: 'one', n });
            }
          },
        }),
      },
    });
    const { invoke, listen } = openInProcess(core, { label: 'desk' });
    const heard: { way: string; n: number }[] = [];
    await listen('n', ({ payload }) => heard.push(payload));
    await invoke.all();
    await eventually('all were heard', () => heard.length === 150);
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    for (const way of ['everyone', 'label', 'one']) assert.deepEqual(heard.filter((said) => said.way === way).map(({ n }) => n), numbers);
  });
});

describe('emitTo', () => {
  it('tells the clients of that label only, from a client and from the core', async () => {
    const core = createCore({ name: unique(), events: { said: event(v.string()) }, commands: { ping: command({ handler: () => 1 }) } });
    const heard: string[] = [];
    const clients = ['left', 'right', 'right'].map((label) => openInProcess(core, { label }));
    await Promise.all(clients.map(({ listen }, index) => listen('said', ({ payload }) => heard.push(`${index} ${payload}`))));
    await clients[0]?.emitTo('right', 'said', 'a');
    await core.emitTo('left', 'said', 'b');
    await core.emitTo('nobody', 'said', 'c');
    for (const { invoke } of clients) await invoke.ping();
    assert.sameMembers(heard, ['1 a', '2 a', '0 b']);
  });

  it('judges the payload like any other', async () => {
    const core = createCore({ name: unique(), events: { said: event(v.string()) } });
    const { emitTo } = openInProcess(core);
    assert.equal((await rejection(emitTo('main', 'said', 1 as never))).code, 'INVALID_PAYLOAD');
    assert.equal((await rejection(emitTo('main', 'nothing' as never))).code, 'INVALID_PAYLOAD');
    assert.equal((await rejection(core.emitTo('main', 'said', 1 as never))).code, 'INVALID_PAYLOAD');
  });

  it('never travels on the bus', async () => {
    const { listen, emitTo, invoke } = open<Workshop>(() => startWorkshop(), { label: 'desk' });
    const spoken: unknown[] = [];
    const original = globalThis.BroadcastChannel;
    class Spied extends original {
      constructor(name: string) {
        super(name);
        this.addEventListener('message', ({ data }) => spoken.push(data));
      }
    }
    globalThis.BroadcastChannel = Spied;
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload)).finally(() => (globalThis.BroadcastChannel = original));
    await emitTo('desk', 'tick', 42);
    await invoke.ping();
    assert.deepEqual(heard, [42]);
    assert.notInclude(JSON.stringify(spoken), '"payload":42');
  });
});
