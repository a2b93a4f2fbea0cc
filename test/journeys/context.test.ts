/** What a handler knows and can do: who calls, what came beside the argument, the events it may emit. */
import { assert } from 'chai';
import { command, createCore, event } from 'corral/core';
import * as v from 'valibot';
import { openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

describe('the context of a handler', () => {
  it("has the client's label, and an id that is random and its own", async () => {
    const core = createCore({ name: unique(), commands: { whoAmI: command({ handler: (_, { client: { id, label } }) => ({ id, label }) }) } });
    const one = await openInProcess(core, { label: 'left' }).invoke.whoAmI();
    const two = await openInProcess(core, { label: 'right' }).invoke.whoAmI();
    const three = await openInProcess(core).invoke.whoAmI();
    assert.deepEqual([one.label, two.label, three.label], ['left', 'right', 'main']);
    assert.lengthOf(new Set([one.id, two.id, three.id]), 3);
    for (const { id } of [one, two, three]) assert.match(id, /^[0-9a-z]+(-[0-9a-z]+){3}$/);
  });

  it('does not learn who calls from what the caller says', async () => {
    const core = createCore({ name: unique(), commands: { whoAmI: command({ args: v.any(), handler: (_, { client: { label } }) => label }) } });
    const { invoke } = openInProcess(core, { label: 'guest' });
    assert.equal(await invoke.whoAmI({ client: { label: 'admin' }, label: 'admin' }, { headers: { label: 'admin', client: 'admin' } }), 'guest');
  });

  it('has a client that the handler cannot change', async () => {
    const core = createCore({
      name: unique(),
      commands: {
        rename: command({ handler: (_, { client }) => { try { (client as { label: string }).label = 'other'; } catch { /* frozen */ } return client.label; } }),
      },
    });
    assert.equal(await openInProcess(core, { label: 'mine' }).invoke.rename(), 'mine');
  });

  it('has the headers of the call, and none when none were sent', async () => {
    const core = createCore({ name: unique(), commands: { read: command({ handler: (_, { headers }) => ({ ...headers }) }) } });
    const { invoke } = openInProcess(core);
    assert.deepEqual(await invoke.read(undefined, { headers: { trace: 'abc', tenant: '7' } }), { trace: 'abc', tenant: '7' });
    assert.deepEqual(await invoke.read(), {});
  });

  it('emits to everyone, to a label, and to the caller alone', async () => {
    const core = createCore({
      name: unique(),
      events: { said: event(v.string()) },
      commands: {
        speak: command({
          handler: async (_, { client, emit, emitTo }) => {
            await emit('said', 'to all');
            await emitTo('right', 'said', 'to right');
            await client.emit('said', 'to the caller');
          },
        }),
      },
    });
    const heard: Record<string, string[]> = {};
    const clients = ['left', 'right', 'right'].map((label, index) => {
      const connection = openInProcess(core, { label });
      const mine: string[] = (heard[`${label}${index}`] = []);
      return { ...connection, ready: connection.listen('said', ({ payload }) => mine.push(payload)) };
    });
    await Promise.all(clients.map(({ ready }) => ready));
    await clients[0]?.invoke.speak();
    const count = (): number => Object.values(heard).flat().length;
    for (const { invoke } of clients) await rejection((invoke as unknown as (name: string) => Promise<unknown>)('settle'));
    while (count() < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.sameMembers(heard['left0'] ?? [], ['to all', 'to the caller']);
    assert.sameMembers(heard['right1'] ?? [], ['to all', 'to right']);
    assert.sameMembers(heard['right2'] ?? [], ['to all', 'to right']);
  });

  it('rejects an emit that the schema refuses, and the handler decides what to do', async () => {
    const core = createCore({
      name: unique(),
      onError: () => {},
      events: { said: event(v.string()) },
      commands: {
        careless: command({ handler: (_, { emit }) => emit('said', 1) }),
        careful: command({ handler: (_, { emit, emitTo, client }) => Promise.all([emit('nothing'), emitTo('main', 'said', 2), client.emit('said')].map((told) => told.catch((error: { code: string }) => error.code))) }),
      },
    });
    const { invoke } = openInProcess(core);
    assert.equal((await rejection(invoke.careless())).code, 'COMMAND_FAILED');
    assert.deepEqual(await invoke.careful() as unknown, ['INVALID_PAYLOAD', 'INVALID_PAYLOAD', 'INVALID_PAYLOAD']);
  });
});

describe('an answer', () => {
  it('may be any thenable', async () => {
    const thenable = { then: (resolve: (value: string) => void) => resolve('then') };
    const core = createCore({ name: unique(), commands: { go: command({ handler: () => thenable as unknown as Promise<string> }) } });
    assert.equal(await openInProcess(core).invoke.go(), 'then');
  });

  it('comes when it is ready: a slow call holds up no other', async () => {
    const core = createCore({
      name: unique(),
      commands: { slow: command({ handler: () => new Promise((resolve) => setTimeout(resolve, 60, 'slow')) }), quick: command({ handler: () => 'quick' }) },
    });
    const { invoke } = openInProcess(core);
    const order: unknown[] = [];
    await Promise.all([invoke.slow().then((answer) => order.push(answer)), invoke.quick().then((answer) => order.push(answer))]);
    assert.deepEqual(order, ['quick', 'slow']);
  });

  it('is what it was when the handler gave it, and an argument what it was when the call was made', async () => {
    const state = { n: 0, list: [0] };
    const core = createCore({
      name: unique(),
      commands: {
        flat: command({ handler: () => { const answer = { n: ++state.n }; queueMicrotask(() => (answer.n = -1)); return answer; } }),
        deep: command({ handler: () => { const answer = { list: [++state.n] }; queueMicrotask(() => (answer.list[0] = -1)); return answer; } }),
        shared: command({ handler: () => state.list }),
        echo: command({ args: v.any(), handler: (value: unknown) => value }),
      },
    });
    const { invoke } = openInProcess(core);
    assert.deepEqual(await Promise.all([invoke.flat(), invoke.flat()]), [{ n: 1 }, { n: 2 }]);
    assert.deepEqual(await Promise.all([invoke.deep(), invoke.deep()]), [{ list: [3] }, { list: [4] }]);
    const [one, two] = await Promise.all([invoke.shared(), invoke.shared()]);
    assert.notStrictEqual(one, two, 'what one caller does to its answer is nothing to another');
    const args = [{ n: 1 }, { list: [1] }, [1]] as { n?: number; list?: number[] }[];
    const calls = args.map((value) => invoke.echo(value));
    Object.assign(args[0] as object, { n: -1 });
    (args[1]?.list as number[])[0] = -1;
    (args[2] as unknown as number[])[0] = -1;
    assert.deepEqual(await Promise.all(calls), [{ n: 1 }, { list: [1] }, [1]]);
  });

  it('comes to the right one of a thousand calls', async () => {
    const core = createCore({
      name: unique(),
      commands: { same: command({ args: v.number(), handler: async (n) => { await new Promise((resolve) => setTimeout(resolve, n % 7)); return n; } }) },
    });
    const { invoke } = openInProcess(core);
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    assert.deepEqual(await Promise.all(numbers.map((n) => invoke.same(n))), numbers);
  });

  it('runs the calls of one client in the order they were made', async () => {
    const ran: number[] = [];
    const core = createCore({ name: unique(), commands: { note: command({ args: v.number(), handler: (n) => void ran.push(n) }) } });
    const { invoke } = openInProcess(core);
    const numbers = Array.from({ length: 5000 }, (_, n) => n);
    await Promise.all(numbers.map((n) => invoke.note(n)));
    assert.deepEqual(ran, numbers);
  });
});

describe('a group', () => {
  it('nests as deep as one likes, and both forms reach into it', async () => {
    const core = createCore({ name: unique(), commands: { a: { b: { c: { d: command({ args: v.number(), handler: (n) => n + 1 }) } } } } });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.a.b.c.d(1), 2);
    assert.equal(await invoke('a.b.c.d', 2), 3);
  });

  it('may hold commands that are called as functions are', async () => {
    const names = ['call', 'apply', 'bind', 'name', 'length', 'handler', 'constructor'];
    const group = Object.fromEntries(names.map((name) => [name, command({ handler: () => name })]));
    const core = createCore({ name: unique(), commands: { group } });
    const { invoke } = openInProcess(core);
    const proxied = invoke.group as unknown as Record<string, () => Promise<string>>;
    for (const name of names) {
      assert.equal(await invoke(`group.${name}`), name);
      assert.equal(await proxied[name]?.(), name);
    }
  });
});
