/** Streams and channels under attack by what a client may post. */
import { assert } from 'chai';
import * as v from 'valibot';
import { Channel, release, type CorralError } from 'corral';
import { channel, command, createCore, resource, serve } from 'corral/core';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { besieged, code } from './besieged.ts';

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

  it('22: neither an item, nor a message of a channel, nor what a method answers leaves the core over `answerNodes`', async () => {
    const huge = Array.from({ length: 101 }, () => 1);
    const refused: unknown[] = [];
    const core = createCore({
      name: unique('huge'),
      limits: { answerNodes: 100 },
      commands: {
        items: command({
          async *handler() {
            yield 'small';
            yield huge;
          },
        }),
        tell: command({
          args: channel(v.any()),
          handler: async (to) => {
            await to.send('small');
            await to.send(huge).catch((error: CorralError) => refused.push(error.code));
          },
        }),
        open: command({ handler: () => resource({ small: () => 'small', huge: () => huge }) }),
      },
      onError: () => {},
    });
    const { invoke } = openInProcess(core);
    const items = (await invoke.items()).getReader();
    assert.equal((await items.read()).value, 'small');
    assert.equal((await rejection(items.read())).code, 'OVERLOADED');
    const heard: unknown[] = [];
    await invoke.tell(new Channel((message) => heard.push(message)));
    assert.deepEqual([heard, refused], [['small'], ['OVERLOADED']]);
    const object = await invoke.open();
    assert.equal(await object.small(), 'small');
    assert.equal((await rejection(object.huge())).code, 'OVERLOADED');
    release(object);
  });

  it('42: of 500 MB for a core that does not read, an honest client makes and posts a window', async () => {
    const { neighbour, core } = besieged();
    let made = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          made += 1_000_000;
          if (made > 500_000_000) controller.close();
          else controller.enqueue(new Uint8Array(1_000_000));
        },
      },
      { highWaterMark: 0 },
    );
    const controller = new AbortController();
    const call = rejection(neighbour.invoke.hold({ body }, { signal: controller.signal }));
    // Turns enough to make all of it, if nothing held it back.
    for (let turn = 0; turn < 600; turn++) await neighbour.invoke.ping();
    assert.equal(core.stats().channels, 1);
    assert.isAtMost(made, 18_000_000);
    controller.abort();
    await call;
  });

  it('44: a page that goes into the cache while it reads leaves no stream, channel or resource behind, and nothing goes on for it', async () => {
    const { core, seen } = besieged();
    const { port1, port2 } = new MessageChannel();
    atEnd(serve(core, port1));
    const page = open<typeof core>(() => port2);
    const reader = (await page.invoke.count()).getReader();
    await reader.read();
    await page.invoke.open();
    const heard: number[] = [];
    const call = rejection(page.invoke.tell({ to: new Channel<number>((n) => heard.push(n)) }));
    await eventually('all three are open', () => heard.length === 1 && core.stats().channels === 2 && core.stats().resources === 1);
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    await eventually('nothing is open', () => core.stats().channels + core.stats().resources + core.stats().calls === 0);
    assert.includeMembers(seen, ['finally', 'released']);
    assert.equal((await call).code, 'CONNECTION_LOST');
    const rest = async (): Promise<never> => {
      for (;;) await reader.read();
    };
    assert.equal((await rejection(rest())).code, 'CONNECTION_LOST');
  });

  it('42: what is sent beyond the credit is a violation and ends the channel', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    attacker.post({ jsonrpc: '2.0', id: 'h', method: 'hold', params: { body: null }, live: [{ path: ['body'], channel: 1, kind: 'stream' }] });
    for (let i = 0; i < 256; i++) attacker.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, items: [i] } });
    await attacker.settled();
    assert.deepEqual([core.stats().channels, core.stats().violations], [1, 0]);
    attacker.post({ jsonrpc: '2.0', method: '$/channel', params: { channel: 1, items: [256] } });
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
    assert.isAtMost(items.length, 256 * 21);
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
