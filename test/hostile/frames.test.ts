/** Batches and frames as weapons: one bad message in them harms no other. */
import { assert } from 'chai';
import * as v from 'valibot';
import { command, createCore, event } from 'corral/core';
import { eventually } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { attack, besiege, codeOf } from './siege.ts';

const call = (id: unknown, method: string, params?: unknown): object => ({ jsonrpc: '2.0', id, method, params });

describe('hostile frames', () => {
  it('2: every kind of bad message in one batch leaves the good ones their answers', async () => {
    const { attacker, unharmed } = await besiege({ violations: 1000 });
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    attacker.post([
      call('first', 'take', 1),
      null,
      'text',
      [],
      {},
      call('first', 'take', 1),
      call({}, 'take', 1),
      call('unknown', 'no-such-command'),
      call('refused', 'greet', { name: 5 }),
      call('circular', 'take', circular),
      call('reserved', '$/nothing'),
      call('cancel', '$/cancelRequest', { id: 'nothing' }),
      call('unlisten', '$/unlisten', { event: 'news', listener: 1 }),
      { jsonrpc: '2.0', id: 'an answer', result: 1 },
      { jsonrpc: '2.0', method: 'take', params: 1 },
      call('last', 'take', 1),
    ]);
    assert.equal((await attacker.reply('first')).result, 'taken');
    assert.equal((await attacker.reply('last')).result, 'taken');
    assert.equal(codeOf(await attacker.reply('unknown')), 'COMMAND_NOT_FOUND');
    assert.equal(codeOf(await attacker.reply('refused')), 'INVALID_ARGUMENTS');
    assert.equal(codeOf(await attacker.reply('circular')), 'OVERLOADED');
    assert.equal(codeOf(await attacker.reply('reserved')), 'COMMAND_NOT_FOUND');
    await unharmed();
  });

  it('17: answers that cannot be cloned leave the others of a batch, and of a frame, theirs', async () => {
    const core = createCore({
      name: unique('batch'),
      onError: () => {},
      commands: {
        fine: command({ handler: () => 'fine' }),
        bad: command({ handler: () => () => {} }),
        worse: command({
          handler: () =>
            new Proxy(
              {},
              {
                ownKeys() {
                  throw new Error('these keys are mine');
                },
              },
            ),
        }),
      },
    });
    for (const framed of [false, true]) {
      const attacker = attack(core);
      if (framed) await attacker.hello();
      attacker.post(['fine', 'bad', 'worse', 'fine'].map((method, index) => call(index, method)));
      const codes = [];
      for (const id of [0, 1, 2, 3]) {
        const reply = await attacker.reply(id);
        codes.push(reply.result ?? codeOf(reply));
      }
      assert.deepEqual(codes, ['fine', 'NOT_CLONEABLE', 'NOT_CLONEABLE', 'fine']);
    }
    assert.equal(core.stats().calls, 0);
  });

  it('45: a client cannot keep more handlers running than it may have calls, by cancelling them', async () => {
    let running = 0;
    const releases: (() => void)[] = [];
    const core = createCore({
      name: unique('stubborn'),
      limits: { calls: 10 },
      commands: {
        // Like much real work, it does not look at its signal.
        work: command({ handler: () => new Promise<void>((resolve) => (running++, releases.push(resolve))) }),
        fine: command({ handler: () => 'fine' }),
      },
    });
    const attacker = attack(core);
    await attacker.hello();
    for (let id = 0; id < 100; id++)
      attacker.post([call(id, 'work'), { jsonrpc: '2.0', method: '$/cancelRequest', params: { id } }]);
    await attacker.settled();
    assert.isAtMost(running, 10);
    for (const release of releases) release();
    await eventually('the client may call again', async () => (await attacker.ask('fine')).result === 'fine');
  });

  it('45: emits that wait for their schema count, and come to an end', async () => {
    const gates: (() => void)[] = [];
    const slow = v.pipeAsync(
      v.string(),
      v.checkAsync(() => new Promise<boolean>((resolve) => gates.push(() => resolve(true)))),
    );
    const core = createCore({ name: unique('slow'), limits: { calls: 10 }, events: { slow: event(slow) } });
    const attacker = attack(core);
    for (let id = 0; id < 100; id++) attacker.post(call(id, '$/emit', { event: 'slow', payload: 'x' }));
    await eventually(
      'what is too much is refused',
      () => attacker.heard.filter((reply) => codeOf(reply) === 'OVERLOADED').length === 90,
    );
    for (let index = 0; index < gates.length; index++) gates[index]?.();
    assert.equal((await attacker.reply(9)).result, null);
    assert.equal(core.stats().calls, 0);
  });

  it('45: over the limit of calls a client is told so, and is heard again afterwards', async () => {
    const { attacker, ran, core, unharmed } = await besiege({ calls: 10, listeners: 5 });
    await attacker.hello();
    attacker.post(Array.from({ length: 100 }, (_, id) => call(id, 'wait', { gate: `gate ${id}` })));
    await eventually(
      'ninety are refused',
      () => attacker.heard.filter((reply) => codeOf(reply) === 'OVERLOADED').length === 90,
    );
    assert.lengthOf(
      ran.filter((line) => line.startsWith('wait gate ')),
      10,
    );
    for (let id = 0; id < 10; id++) attacker.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } });
    assert.equal((await attacker.ask('take', 1)).result, 'taken');

    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, listener) => attacker.ask('$/listen', { event: 'news', listener })),
    );
    assert.lengthOf(
      replies.filter((reply) => codeOf(reply) === 'OVERLOADED'),
      95,
    );
    for (let listener = 0; listener < 100; listener++)
      attacker.post({ jsonrpc: '2.0', method: '$/unlisten', params: { event: 'news', listener } });
    assert.isUndefined(codeOf(await attacker.ask('$/listen', { event: 'news', listener: 1 })));
    assert.isAtMost(core.stats().listeners, 2);
    await unharmed();
  });
});
