/** What else an attacker may think of: old ids, hidden values, one frame that is worth four thousand. */
import { assert } from 'chai';
import * as v from 'valibot';
import { connect } from 'corral';
import { command, createCore, event } from 'corral/core';
import type { Slow } from '../support/cores/hostile-slow.core.ts';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { attack, besiege, besiegeWorker, codeOf } from './siege.ts';

describe('hostile again', () => {
  it('10: a string object of a hundred million characters is refused, not listed', async () => {
    const { attacker, unharmed } = await besiegeWorker();
    const text = new String('x'.repeat(100_000_000));
    assert.equal(codeOf(await attacker.ask('take', text)), 'OVERLOADED');
    assert.equal(codeOf(await attacker.ask('take', { list: [text] })), 'OVERLOADED');
    assert.isDefined(codeOf(await attacker.hello({ label: text })));
    await unharmed();
  });

  it('13: finds shared memory in the errors of an error', async () => {
    const { attacker, taken, unharmed } = await besiege();
    const error = new AggregateError([new SharedArrayBuffer(8)], 'many errors');
    // Firefox clones them; the others drop them.
    const crosses = (structuredClone(error) as { errors?: unknown[] }).errors?.[0] instanceof SharedArrayBuffer;
    assert.equal(codeOf(await attacker.ask('take', error)), crosses ? 'INVALID_ARGUMENTS' : undefined);
    assert.lengthOf(taken, crosses ? 0 : 1);
    await unharmed();
  });

  it('8: a frame of 4,096 calls that share one costly argument does not keep the neighbour waiting for its end', async () => {
    const { attacker, neighbour, unharmed } = await besiegeWorker();
    await attacker.hello();
    let costly: unknown = [0];
    for (let level = 0; level < 30; level++) costly = [costly, costly];
    attacker.post(Array.from({ length: 4096 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'take', params: costly })));
    assert.equal(await neighbour.invoke.greet({ name: 'Ada' }), 'Hello, Ada!');
    await unharmed();
  });

  it('24: an answer to a client that has gone does not answer the next one on the same worker', async () => {
    const worker = new Worker(new URL('../support/cores/hostile-slow.core.ts', import.meta.url), { type: 'module' });
    atEnd(() => worker.terminate());
    const first = connect<Slow>(worker);
    const emitting = rejection(first.emit('slow', 'x'));
    await first.invoke.ping();
    first.close();
    assert.equal((await emitting).code, 'CONNECTION_LOST');
    const second = open<Slow>(worker);
    // Ids begin anew: these have those of the first client's emit and call.
    const settled: string[] = [];
    const waiting = [1, 2, 3].map((key) => second.invoke.wait({ key }).then(() => void settled.push(`wait ${key}`)));
    await second.invoke.release();
    await second.invoke.ping();
    await second.invoke.ping();
    assert.deepEqual(settled, []);
    await second.invoke.open();
    await Promise.all(waiting);
    assert.equal(second.stats().strays, 0);
  });

  it('16: headers or a transfer list that cannot be read fail their call, and leave nothing open', async () => {
    const { core, unharmed } = await besiege();
    const { invoke, stats } = openInProcess(core);
    await invoke.take(0);
    const trap = {
      get trace(): string {
        throw new Error('mine');
      },
    };
    const odd: object[] = [
      { headers: trap },
      { headers: { trace: () => {} } },
      { transfer: [5] },
      { transfer: [{}] },
      { timeout: Number.NaN },
      { timeout: -1 },
      { signal: {} },
    ];
    for (const options of odd) {
      const before = invoke.greet({ name: 'before' });
      await rejection(invoke.take(1, options));
      assert.equal(await before, 'Hello, before!');
      assert.equal(stats().calls, 0, JSON.stringify(Object.keys(options)));
    }
    await unharmed();
  });

  it('22: a retained payload is what was emitted, whatever its owner does with it later', async () => {
    const core = createCore({
      name: unique('retained'),
      events: { state: event(v.any(), { retain: true }) },
      onError: () => {},
    });
    const state = { count: 1, list: [1] };
    await core.emit('state', state);
    state.count = 2;
    state.list.push(2);
    const { listen } = openInProcess(core);
    const heard: unknown[] = [];
    await listen('state', ({ payload }) => void heard.push(payload));
    assert.deepEqual(heard, [{ count: 1, list: [1] }]);
  });

  it('22: a retained payload that cannot be cloned keeps nobody from listening', async () => {
    const core = createCore({
      name: unique('retained'),
      events: { state: event(v.any(), { retain: true }) },
      onError: () => {},
    });
    const { listen } = openInProcess(core);
    await core.emit('state', { fine: 1 });
    await core.emit('state', { bad: () => {} }).catch(() => {});
    const heard: unknown[] = [];
    await listen('state', ({ payload }) => void heard.push(payload));
    await core.emit('state', { fine: 2 });
    await eventually('the next one is heard', () => heard.some((payload) => (payload as { fine?: number }).fine === 2));
  });

  it('45: a listener that is registered again is the same listener, also at the limit', async () => {
    const { attacker, core, unharmed } = await besiege({ listeners: 2 });
    for (let count = 0; count < 5; count++) {
      for (const listener of [1, 2])
        assert.isUndefined(codeOf(await attacker.ask('$/listen', { event: 'news', listener })));
    }
    assert.equal(codeOf(await attacker.ask('$/listen', { event: 'news', listener: 3 })), 'OVERLOADED');
    assert.equal(core.stats().listeners, 3);
    await unharmed();
  });

  it('18: commands with the names of built-ins, and answers that look like messages, are only data', async () => {
    const answers: unknown[] = [
      { jsonrpc: '2.0', id: 1, result: 'inner' },
      { jsonrpc: '2.0', method: '$/bye', params: { reason: 'closed' } },
      [{ jsonrpc: '2.0', method: '$/bye' }],
      { error: { message: 'inner' } },
      { result: 1, id: 2 },
      null,
      [],
      [[]],
    ];
    const core = createCore({
      name: unique('data'),
      commands: {
        get: command({ args: v.number(), handler: (index) => answers[index] }),
        hasOwnProperty: command({ handler: () => 'mine' }),
      },
    });
    const { invoke, stats } = openInProcess(core);
    assert.deepEqual(await Promise.all(answers.map((_, index) => invoke.get(index))), answers);
    assert.equal(await invoke('hasOwnProperty'), 'mine');
    assert.deepInclude(stats(), { state: 'open', strays: 0 });
    const attacker = attack(core);
    attacker.post({ jsonrpc: '2.0', id: 'batched', method: 'get', params: 1 });
    assert.deepEqual((await attacker.reply('batched')).result, answers[1]);
  });
});
