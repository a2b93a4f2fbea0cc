/** Streams, channels and resources under attack by what a client may post. */
import { assert } from 'chai';
import * as v from 'valibot';
import { expose } from 'comlink';
import { channel, command, createCore, resource, serve, stream } from 'corral/core';
import { atEnd, eventually, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { attackAt, type Attacker } from './siege.ts';

function besieged(limits = {}) {
  const seen: string[] = [];
  const core = createCore({
    name: unique('channels'),
    commands: {
      read: command({
        args: v.object({ body: stream(v.number()) }),
        handler: async ({ body }) => {
          let total = 0;
          for await (const number of body) total += number;
          return total;
        },
      }),
      hold: command({
        args: v.object({ body: stream(v.any()) }),
        handler: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      }),
      tell: command({
        args: v.object({ to: channel(v.number()) }),
        handler: ({ to }, { signal }) => {
          void to.send(1);
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
        },
      }),
      count: command({
        yields: v.number(),
        async *handler() {
          try {
            for (let i = 0; ; i++) yield i;
          } finally {
            seen.push('finally');
          }
        },
      }),
      open: command({
        handler: () => {
          let secret = 'closed';
          return resource({ name: () => 'a resource', set: (value: string) => (secret = value), get: () => secret });
        },
      }),
      take: command({ args: v.any(), handler: (value: object) => Object.keys(value) }),
      ping: command({ handler: () => 'pong' }),
    },
    onError: (error) => seen.push(`reported ${(error as Error).message}`),
    limits: { violations: 1_000, ...limits },
  });
  const attack = async (): Promise<Attacker> => {
    const { port1, port2 } = new MessageChannel();
    const stop = serve(core, port1);
    atEnd(() => {
      stop();
      port2.close();
    });
    const attacker = attackAt(port2);
    await attacker.hello();
    return attacker;
  };
  return { core, seen, attack, neighbour: openInProcess(core) };
}

const code = ({ error }: { error?: { data?: { code: string } } | undefined }): string | undefined => error?.data?.code;

describe('hostile channels', () => {
  it("26: another client's channel is as absent as one that never was", async () => {
    const { attack, core } = besieged();
    const [victim, thief] = [await attack(), await attack()];
    victim.post({ jsonrpc: '2.0', id: 'v', method: 'read', params: { body: null }, live: [{ path: ['body'], channel: 1, kind: 'stream' }] });
    victim.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, items: [1, 2] } });
    await victim.settled();
    for (const id of [1, -1, 2, 999]) {
      thief.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: id, items: [1_000] } });
      thief.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: id, end: true } });
      thief.post({ jsonrpc: '2.0', method: '$/credit', params: { channel: id, credit: 5 } });
    }
    await thief.settled();
    victim.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, items: [3] } });
    victim.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, end: true } });
    assert.equal((await victim.reply('v')).result, 6);
    assert.equal(core.stats().violations, 0);
    assert.lengthOf(thief.heard.filter(({ method }) => method === '$/channel'), 0);
  });

  it('refuses marks that lead nowhere, to what is inherited, or twice to one number', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    const marks = [
      { path: ['__proto__', 'polluted'], channel: 1, kind: 'stream' },
      { path: ['constructor', 'prototype', 'polluted'], channel: 1, kind: 'stream' },
      { path: ['toString'], channel: 1, kind: 'stream' },
      { path: ['body', 'deeper'], channel: 1, kind: 'stream' },
      { path: ['absent'], channel: 1, kind: 'stream' },
      { path: 'body', channel: 1, kind: 'stream' },
      { path: ['body'], channel: 1, kind: 'resource' },
      ...[0, -1, 1.5, Number.NaN, 2 ** 53, '1', null, undefined].map((channel) => ({ path: ['body'], channel, kind: 'stream' })),
      null,
      7,
    ];
    for (const mark of marks) assert.equal(code(await attacker.ask('take', { body: null }, { live: [mark] })), 'MALFORMED_MESSAGE', JSON.stringify(mark));
    const twice = { path: ['body'], channel: 5, kind: 'stream' };
    assert.equal(code(await attacker.ask('take', { body: null }, { live: [twice, twice] })), 'MALFORMED_MESSAGE');
    for (const live of [{}, 'body', 1]) assert.equal(code(await attacker.ask('take', { body: null }, { live })), 'MALFORMED_MESSAGE');
    assert.isUndefined(({} as { polluted?: unknown }).polluted);
    assert.equal(core.stats().channels, 0);
  });

  it('takes no data for a channel, whatever it looks like', async () => {
    const { attack } = besieged();
    const attacker = await attack();
    const fakes = [{}, { kind: 'stream', end: {} }, { '~open': true }, { path: ['body'], channel: 1, kind: 'stream' }];
    for (const body of fakes) assert.equal(code(await attacker.ask('read', { body })), 'INVALID_ARGUMENTS');
  });

  it('counts broken channel messages as violations', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    attacker.post({ jsonrpc: '2.0', id: 'h', method: 'hold', params: { body: null }, live: [{ path: ['body'], channel: 1, kind: 'stream' }] });
    const broken: [string, unknown][] = [
      ['$/channel', undefined],
      ['$/channel', { channel: 'one', items: [] }],
      ['$/channel', { channel: 1.5, items: [] }],
      ['$/channel', { channel: 1 }],
      ['$/channel', { channel: 1, items: 'many' }],
      ['$/credit', { channel: 1 }],
      ['$/credit', { channel: 1, credit: -5 }],
      ['$/credit', { channel: 1, credit: Infinity }],
      ['$/credit', { channel: 1, credit: Number.NaN }],
    ];
    for (const [method, params] of broken) attacker.post({ jsonrpc: '2.0', method, params });
    await attacker.settled();
    assert.equal(core.stats().violations, broken.length);
    attacker.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'h' } });
    await attacker.settled();
    await eventually('nothing is open', () => core.stats().channels + core.stats().calls === 0);
  });

  it('42: what is sent beyond the credit is a violation and ends the channel', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    attacker.post({ jsonrpc: '2.0', id: 'h', method: 'hold', params: { body: null }, live: [{ path: ['body'], channel: 1, kind: 'stream' }] });
    for (let i = 0; i < 64; i++) attacker.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, items: [i] } });
    await attacker.settled();
    assert.deepEqual([core.stats().channels, core.stats().violations], [1, 0]);
    attacker.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, items: [64] } });
    await attacker.settled();
    assert.deepEqual([core.stats().channels, core.stats().violations], [0, 1]);
    attacker.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'h' } });
  });

  it('42: counts bytes too: 16 MB without having been read is the most', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    attacker.post({ jsonrpc: '2.0', id: 'h', method: 'hold', params: { body: null }, live: [{ path: ['body'], channel: 1, kind: 'stream' }] });
    for (let i = 0; i < 5; i++) {
      const chunk = new ArrayBuffer(4 * 1024 * 1024);
      attacker.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, items: [chunk] } }, [chunk]);
    }
    await attacker.settled();
    assert.deepEqual([core.stats().channels, core.stats().violations], [0, 1]);
    attacker.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'h' } });
  });

  it('43: however much credit is granted, a producer without a pause leaves the core free for others', async () => {
    const { attack, neighbour, seen } = besieged();
    const attacker = await attack();
    const { live } = (await attacker.ask('count')) as unknown as { live: { channel: number }[] };
    const channel = live[0]?.channel;
    for (let i = 0; i < 20; i++) attacker.post({ jsonrpc: '2.0', method: '$/credit', params: { channel, credit: Number.MAX_SAFE_INTEGER } });
    assert.equal(await neighbour.invoke.ping(), 'pong');
    await attacker.settled();
    const items = attacker.heard.flatMap((line) => ((line.params?.['items'] as unknown[]) ?? []) as unknown[]);
    assert.isAtMost(items.length, 64 * 21);
    attacker.post({ jsonrpc: '2.0', method: '$/channel', params: { channel, end: true } });
    await eventually('the generator ran its finally', () => seen.includes('finally'));
  });

  it('45: a flood of calls with channels stays within the limit of channels', async () => {
    const { attack, core } = besieged({ channels: 10 });
    const attacker = await attack();
    for (let i = 1; i <= 30; i++) attacker.post({ jsonrpc: '2.0', id: i, method: 'tell', params: { to: null }, live: [{ path: ['to'], channel: i, kind: 'channel' }] });
    await attacker.settled();
    assert.equal(core.stats().channels, 10);
    assert.equal(code(await attacker.reply(11)), 'OVERLOADED');
    const many = Array.from({ length: 11 }, (_, i) => ({ path: ['a'], channel: 100 + i, kind: 'stream' }));
    assert.equal(code(await attacker.ask('take', { a: null }, { live: many })), 'OVERLOADED');
    attacker.post({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'ended' } });
    await eventually('nothing is left', () => core.stats().channels + core.stats().calls === 0);
  });

  it('gives what arrives for a channel that has ended no effect', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    attacker.post({ jsonrpc: '2.0', id: 'r', method: 'read', params: { body: null }, live: [{ path: ['body'], channel: 1, kind: 'stream' }] });
    for (const params of [{ channel: 1, items: [4] }, { channel: 1, end: true }, { channel: 1, items: [5] }, { channel: 1, end: true }]) attacker.post({ jsonrpc: '2.0', method: '$/channel', params });
    assert.equal((await attacker.reply('r')).result, 4);
    assert.equal(core.stats().violations, 0);
  });
});

/** Posts Comlink's own messages and resolves with what comes back. */
function speaker(port: MessagePort): (message: object) => Promise<{ value?: unknown } & Record<string, unknown>> {
  let count = 0;
  const waiting = new Map<string, (reply: never) => void>();
  port.onmessage = ({ data }) => waiting.get((data as { id: string }).id)?.(data as never);
  return (message) =>
    new Promise((resolve) => {
      const id = `m${++count}`;
      waiting.set(id, resolve);
      port.postMessage({ id, ...message });
    });
}


describe('hostile resources', () => {
  const pwn = `globalThis.__pwned = (globalThis.__pwned ?? 0) + 1; return 'ran'`;
  afterEach(() => void delete (globalThis as { __pwned?: number }).__pwned);

  it('without the guard, Comlink runs any code: this is what is kept out', async () => {
    const { port1, port2 } = new MessageChannel();
    expose({ name: () => 'a resource' }, port1);
    const made = (await new Promise<{ value: MessagePort }>((resolve) => {
      port2.onmessage = ({ data }) => resolve(data as { value: MessagePort });
      port2.postMessage({ id: '1', type: 'CONSTRUCT', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] });
    })) as { value: MessagePort };
    const ran = await speaker(made.value)({ type: 'APPLY', path: [], argumentList: [] });
    assert.equal(ran.value, 'ran');
    assert.equal((globalThis as { __pwned?: number }).__pwned, 1);
    port1.close();
  });

  it('5, 6: lets nothing through but calls of declared methods, and the release', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    const { live } = (await attacker.ask('open')) as unknown as { live: { port: MessagePort; methods: string[] }[] };
    assert.deepEqual(live[0]?.methods, ['name', 'set', 'get']);
    const say = speaker(live[0]?.port as MessagePort);
    const attacks = [
      { type: 'CONSTRUCT', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] },
      { type: 'APPLY', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] },
      { type: 'APPLY', path: ['name', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] },
      { type: 'APPLY', path: ['constructor'], argumentList: [] },
      { type: 'APPLY', path: ['toString'], argumentList: [] },
      { type: 'APPLY', path: ['hasOwnProperty'], argumentList: [] },
      { type: 'APPLY', path: ['__proto__'], argumentList: [] },
      { type: 'APPLY', path: [['name']], argumentList: [] },
      { type: 'APPLY', path: [], argumentList: [] },
      { type: 'APPLY', path: 'name', argumentList: [] },
      { type: 'APPLY', path: ['name'], argumentList: 'x' },
      { type: 'APPLY', path: ['name'], argumentList: [null] },
      { type: 'APPLY', path: ['set'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: null }] },
      { type: 'APPLY', path: ['set'], argumentList: [{ type: 'HANDLER', name: 'throw', value: { isError: false, value: 1 } }] },
      { type: 'APPLY', path: ['name'], argumentList: Array.from({ length: 100 }, () => ({ type: 'RAW', value: 1 })) },
      { type: 'GET', path: [] },
      { type: 'GET', path: ['constructor', 'name'] },
      { type: 'SET', path: ['__proto__', 'polluted'], value: { type: 'RAW', value: true } },
      { type: 'SET', path: ['name'], value: { type: 'RAW', value: null } },
      { type: 'ENDPOINT' },
      { type: 'toString' },
      {},
    ];
    for (const message of attacks) {
      const { value } = await say(message);
      assert.equal(code(value as never), 'MALFORMED_MESSAGE', JSON.stringify(message));
    }
    assert.equal(core.stats().violations, attacks.length);
    for (const message of [null, 7, 'text', [], { id: 7, type: 'RELEASE' }, { type: 'RELEASE' }, { id: 'x'.repeat(1_000), type: 'APPLY' }]) live[0]?.port.postMessage(message);
    assert.deepEqual((await say({ type: 'APPLY', path: ['name'], argumentList: [] })).value, { result: 'a resource', live: undefined });
    assert.isUndefined((globalThis as { __pwned?: number }).__pwned);
    assert.isUndefined(({} as { polluted?: unknown }).polluted);
    assert.equal(core.stats().resources, 1);
    await say({ type: 'RELEASE' });
    assert.equal(core.stats().resources, 0);
    assert.equal(core.stats().violations, attacks.length + 7);
  });

  it('3, 13: guards the arguments of methods like any other', async () => {
    const { attack } = besieged({ nodes: 100 });
    const attacker = await attack();
    const { live } = (await attacker.ask('open')) as unknown as { live: { port: MessagePort }[] };
    const say = speaker(live[0]?.port as MessagePort);
    const set = async (value: unknown): Promise<string | undefined> => code((await say({ type: 'APPLY', path: ['set'], argumentList: [{ type: 'RAW', value }] })).value as never);
    assert.equal(await set(JSON.parse('{"__proto__": {"polluted": 1}}')), 'INVALID_ARGUMENTS');
    assert.equal(await set(new Array(1e7)), 'OVERLOADED');
    assert.isUndefined(await set('fine'));
  });

  it('48: a client that goes without a word leaves no resource behind', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    for (let i = 0; i < 10; i++) await attacker.ask('open');
    assert.equal(core.stats().resources, 10);
    attacker.post({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'ended' } });
    await eventually('nothing is left', () => core.stats().resources === 0);
  });
});
