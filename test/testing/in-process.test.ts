/** connectInProcess and transcript: what a user's own tests are made of. */
import { assert } from 'chai';
import { connect } from 'corral';
import { command, createCore, event, serve } from 'corral/core';
import { connectInProcess, linkPair, transcript } from 'corral/testing';
import * as v from 'valibot';
import { atEnd, eventually, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

const make = () =>
  createCore({
    name: unique(),
    version: '1',
    events: { said: event(v.string()) },
    commands: {
      same: command({ args: v.any(), handler: (value: { list: number[] }) => { value.list?.push(99); return value; } }),
      wait: command({ handler: (_, { signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())) }),
      fail: command({ errors: { NO: v.object({ why: v.string() }) }, handler: (_, { fail }) => fail('NO', { why: 'so' }) }),
    },
  });

describe('connectInProcess', () => {
  it('is everything as with a worker, cloning included', async () => {
    const core = make();
    const { invoke, listen, emit, close } = connectInProcess(core);
    const sent = { list: [1] };
    assert.deepEqual(await invoke.same(sent), { list: [1, 99] });
    assert.deepEqual(sent, { list: [1] }, 'the handler got a copy');
    assert.equal((await rejection(invoke.same({ run: () => {} }))).code, 'NOT_CLONEABLE');
    const heard: string[] = [];
    await listen('said', ({ payload }) => heard.push(payload));
    await emit('said', 'x');
    await eventually('it was heard', () => heard.length > 0);
    assert.equal((await rejection(invoke.fail())).code, 'NO');
    close();
    await eventually('nothing is left', () => core.stats().clients === 0);
  });

  it('takes the options of connect', async () => {
    const { invoke, close } = connectInProcess(make(), { version: '2' });
    assert.equal((await rejection(invoke.same(1))).code, 'CONNECTION_REFUSED');
    close();
    const timed = connectInProcess(make(), { timeout: 10 });
    assert.equal((await rejection(timed.invoke.wait())).name, 'TimeoutError');
    timed.close();
  });

  it('stop() plays a core that closed', async () => {
    const core = make();
    const { invoke, stop, close, stats } = connectInProcess(core);
    const call = rejection(invoke.wait());
    await invoke.same(1);
    stop();
    const error = await call;
    assert.deepEqual([error.code, error.details], ['CONNECTION_LOST', { reason: 'closed' } as never]);
    assert.equal(stats().state, 'closed');
    assert.deepEqual(core.stats(), { clients: 0, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 0 });
    close();
  });

  it('close() ends the client and the serving, and may come at once and twice', async () => {
    const core = make();
    const { invoke, close } = connectInProcess(core);
    const call = rejection(invoke.same(1));
    close();
    close();
    assert.equal((await call).code, 'CONNECTION_LOST');
    await eventually('nothing is left', () => core.stats().clients === 0);
  });

  it('may be called many times for one core: each is a client of its own', async () => {
    const core = make();
    const clients = ['a', 'b', 'c'].map((label) => connectInProcess(core, { label }));
    await Promise.all(clients.map(({ invoke }) => invoke.same(1)));
    assert.equal(core.stats().clients, 3);
    for (const { close } of clients) close();
    await eventually('nothing is left', () => core.stats().clients === 0);
  });
});

describe('transcript', () => {
  const conversation = () => {
    const [left, right] = linkPair();
    const said = transcript([left, right]);
    const core = make();
    atEnd(serve(core, right as unknown as MessagePort));
    const connection = connect<typeof core>(left as unknown as MessagePort);
    atEnd(connection.close);
    return { ...connection, said };
  };

  it('writes down what each side said, frames taken apart, and touches nothing', async () => {
    const { invoke, said } = conversation();
    await Promise.all([invoke.same(1), invoke.same(2), rejection(invoke.fail())]);
    const methods = said.lines.filter(({ from }) => from === 'client').map(({ message }) => (message as { method: string }).method);
    assert.deepEqual(methods.filter((method) => !method.startsWith('$')), ['same', 'same', 'fail']);
    assert.equal(methods[0], '$/hello');
    const results = said.lines.filter(({ from, message }) => from === 'core' && 'id' in (message as object));
    assert.isAtLeast(results.length, 4);
  });

  it('sums a conversation up, a line for each message', async () => {
    const { invoke, said } = conversation();
    await invoke.same(1);
    await rejection(invoke.fail());
    const summary = said.summary();
    assert.includeMembers(summary, ['client: same #1', 'core: result #1', 'client: fail #2', 'core: NO #2']);
    assert.isTrue(summary.every((line) => /^(client|core): /.test(line)));
  });

  it('waits for a line, said already or later', async () => {
    const { invoke, said } = conversation();
    const later = said.until(({ message }) => (message as { method?: string }).method === 'same');
    await invoke.same(1);
    assert.equal((await later).from, 'client');
    const already = await said.until(({ message }) => (message as { method?: string }).method === 'same');
    assert.strictEqual(already, await later);
  });

  it('keeps what was said as it was, though the receiver changes it', async () => {
    const { invoke, said } = conversation();
    await invoke.same({ list: [1] });
    const asked = await said.until(({ message }) => (message as { method?: string }).method === 'same');
    assert.deepEqual((asked.message as { params: unknown }).params, { list: [1] });
  });
});
