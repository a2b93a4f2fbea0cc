/** Well-formed messages at the wrong time or with the wrong id: they reach nobody else's calls, and nothing after goodbye. */
import { assert } from 'chai';
import { connect } from 'corral';
import { createCore, command, serve } from 'corral/core';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { attack, besiege, codeOf } from './siege.ts';
import { createVictim, type VictimCore } from './victim.ts';

const call = (id: unknown, method: string, params?: unknown): object => ({ jsonrpc: '2.0', id, method, params });

describe('hostile protocol', () => {
  it('23: a second call under an open id is a violation, and the first one goes on', async () => {
    const { attacker, core, ran, unharmed } = await besiege();
    await attacker.hello();
    attacker.post(call(7, 'wait', { gate: 'first' }));
    attacker.post([call(7, 'take', 1), call(7, 'wait', { gate: 'second' })]);
    await attacker.settled();
    assert.equal(core.stats().violations, 2);
    assert.notIncludeMembers(ran, ['take', 'wait second']);
    assert.isUndefined(attacker.heard.find(({ id }) => id === 7));
    await attacker.ask('release', { gate: 'first' });
    assert.equal((await attacker.reply(7)).result, 'released');
    attacker.post(call(7, 'take', 1));
    await eventually('the id may be used again', () => attacker.heard.filter(({ id }) => id === 7).length === 2);
    await unharmed();
  });

  it('24: answers that nobody asked the core for are counted, and reach no call', async () => {
    const { attacker, core, unharmed } = await besiege({ violations: 1000 });
    attacker.post(call(1, 'wait', { gate: 'mine' }));
    const answers = [
      { id: 1, result: 'forged' },
      { id: 1, error: { code: 1, message: 'forged' } },
      { id: 'ask', result: 1 },
      { id: null, result: 1 },
      { id: 1, result: 1, error: {} },
    ];
    for (const answer of answers) attacker.post({ jsonrpc: '2.0', ...answer });
    attacker.post(answers.map((answer) => ({ jsonrpc: '2.0', ...answer })));
    await attacker.settled();
    assert.equal(core.stats().violations, 2 * answers.length);
    await attacker.ask('release', { gate: 'mine' });
    assert.equal((await attacker.reply(1)).result, 'released');
    await unharmed();
  });

  it("25: cancelling what is unknown, finished or another client's does nothing", async () => {
    const { attacker, core, ran, unharmed } = await besiege();
    const { invoke } = openInProcess(core);
    const waiting = invoke.wait({ gate: 'another' });
    await eventually('it runs', () => ran.includes('wait another'));
    attacker.post(call('done', 'take', 1));
    await attacker.reply('done');
    for (const id of [
      'done',
      'unknown',
      null,
      undefined,
      Number.NaN,
      {},
      0,
      ...Array.from({ length: 50 }, (_, number) => number),
    ]) {
      attacker.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } });
    }
    await attacker.settled();
    assert.isEmpty(ran.filter((line) => line.startsWith('aborted')));
    await invoke.release({ gate: 'another' });
    assert.equal(await waiting, 'released');
    await unharmed();
  });

  it('28: control messages out of turn change nothing for anybody else', async () => {
    const { attacker, core, unharmed } = await besiege({ violations: 1000 });
    assert.isDefined((await attacker.hello()).result);
    assert.equal(codeOf(await attacker.hello({ label: 'neighbour' })), 'MALFORMED_MESSAGE');
    attacker.post({ jsonrpc: '2.0', method: '$/hello', params: { protocol: 1, label: 'neighbour' } });
    for (const method of [
      '$/ready',
      '$/event',
      '$/joined',
      '$/release',
      '$/welcome',
    ]) {
      assert.equal(
        codeOf(await attacker.ask(method, { event: 'news', payload: 'forged', client: 'neighbour', seq: 1 })),
        'COMMAND_NOT_FOUND',
      );
    }
    for (const method of ['$/channel', '$/credit']) {
      assert.equal(codeOf(await attacker.ask(method, { client: 'neighbour', seq: 1 })), 'MALFORMED_MESSAGE');
    }
    assert.isAtLeast(core.stats().violations, 9);
    assert.equal(core.stats().clients, 2);
    attacker.post({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'closed', back: true, client: 'neighbour' } });
    await eventually('only the attacker has gone', () => core.stats().clients === 1);
    await unharmed();
  });

  it('29: nothing runs after goodbye, also not in the same frame', async () => {
    const { attacker, core, ran, unharmed } = await besiege();
    const present: string[] = [];
    core.listen('corral:client-joined', ({ payload }) => void present.push(payload.id));
    core.listen('corral:client-left', ({ payload }) => void present.splice(present.indexOf(payload.id), 1));
    await attacker.hello();
    attacker.post([
      call(1, 'wait', { gate: 'before' }),
      { jsonrpc: '2.0', method: '$/bye' },
      call(2, 'take', 1),
      call(3, '$/hello', { protocol: 1 }),
      call(4, '$/listen', { event: 'news', listener: 1 }),
      call(5, 'take', 1),
    ]);
    attacker.post(call(6, 'take', 1));
    await eventually('the attacker has left', () => core.stats().clients === 1);
    await unharmed();
    assert.isTrue(ran.includes('aborted before AbortError'));
    assert.notInclude(ran, 'take');
    assert.deepInclude(core.stats(), { clients: 1, listeners: 1 });
    assert.deepEqual(present, []);
  });

  it('29: nothing runs of the frame in which a client used up its violations', async () => {
    const { attacker, core, ran, unharmed } = await besiege({ violations: 10 });
    await attacker.hello();
    attacker.post([
      ...Array.from({ length: 100 }, () => null),
      call(1, 'take', 1),
      call(2, '$/hello', { protocol: 1 }),
    ]);
    assert.equal(await attacker.dismissed(), 'violations');
    await eventually('the attacker has left', () => core.stats().clients === 1);
    await unharmed();
    assert.notInclude(ran, 'take');
    assert.isAtMost(core.stats().violations, 11);
    assert.lengthOf(
      attacker.heard.filter(({ method }) => method === '$/bye'),
      1,
    );
  });

  it('29: a hello and a goodbye in one batch leave no ghost behind', async () => {
    const { attacker, core, unharmed } = await besiege();
    const said: string[] = [];
    core.listen('corral:client-joined', ({ payload }) => void said.push(`joined ${payload.id}`));
    core.listen('corral:client-left', ({ payload }) => void said.push(`left ${payload.id}`));
    attacker.post([call(1, '$/hello', { protocol: 1, label: 'ghost' }), { jsonrpc: '2.0', method: '$/bye' }]);
    await eventually('it has come and gone', () => said.length === 2);
    assert.match(said.join(), /^joined (\S+),left \1$/);
    await unharmed();
  });

  it('29: what waits for the setup does not run once the core has stopped serving', async () => {
    let ready = (): void => {};
    let ran = 0;
    const core = createCore({
      name: unique('slow'),
      setup: () => new Promise<void>((resolve) => (ready = resolve)),
      commands: { touch: command({ handler: () => void ran++ }) },
    });
    const { port1, port2 } = new MessageChannel();
    const joined: unknown[] = [];
    core.listen('corral:client-joined', (event) => void joined.push(event));
    const stop = serve(core, port1);
    port2.postMessage(call(2, 'touch'));
    const honest = connect<typeof core>(port2);
    const touching = rejection(honest.invoke.touch());
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop();
    ready();
    assert.equal((await touching).code, 'CONNECTION_LOST');
    // Another client's call is answered after all that waited.
    await openInProcess(core).invoke.touch();
    assert.equal(ran, 1);
    assert.lengthOf(joined, 1);
    honest.close();
  });

  it("30: another protocol or version is refused with both sides' numbers, and nothing is half done", async () => {
    const { core, unharmed, attacker } = await besiege();
    const old = openInProcess(core, { version: '0' });
    const listening = rejection(old.listen('news', () => {}));
    const error = await rejection(old.invoke.take(1));
    assert.equal(error.code, 'CONNECTION_REFUSED');
    assert.deepInclude(error.details as unknown as object, { reason: 'version', expected: '1' });
    assert.include(JSON.stringify(error.details), '0');
    assert.equal((await listening).code, 'CONNECTION_REFUSED');
    assert.equal(old.stats().state, 'closed');

    const reply = await attacker.hello({ protocol: 2 });
    assert.equal(codeOf(reply), 'CONNECTION_REFUSED');
    assert.deepInclude(reply.error?.data?.details as object, { reason: 'protocol', expected: 1 });
    assert.equal(core.stats().clients, 1);
    assert.isDefined((await attacker.hello()).result);
    await unharmed();
  });

  it('30: a core whose setup failed runs nothing for anybody', async () => {
    let ran = 0;
    const core = createCore({
      name: unique('broken'),
      setup: () => Promise.reject(new Error('no disk')),
      onError: () => {},
      commands: { touch: command({ handler: () => void ran++ }) },
    });
    const attacker = attack(core);
    const { invoke } = openInProcess(core);
    assert.equal((await rejection(invoke.touch())).code, 'CONNECTION_REFUSED');
    assert.equal(codeOf(await attacker.ask('touch')), 'CONNECTION_REFUSED');
    assert.equal(codeOf(await attacker.hello()), 'CONNECTION_REFUSED');
    attacker.post([call(1, 'touch'), call(2, 'touch')]);
    assert.equal(codeOf(await attacker.reply(2)), 'CONNECTION_REFUSED');
    assert.equal(ran, 0);
  });

  it('30: stopping one port leaves the clients of another alone', async () => {
    const { core } = createVictim(unique('ports'));
    const { port1, port2 } = new MessageChannel();
    const stop = serve(core, port1);
    const gone = open<VictimCore>(port2);
    const stays = openInProcess(core);
    assert.equal(await gone.invoke.take(1), 'taken');
    const waiting = stays.invoke.wait({ gate: 'stays' });
    stop();
    await eventually('the one is told', () => gone.stats().state === 'closed');
    atEnd(stop);
    await stays.invoke.release({ gate: 'stays' });
    assert.equal(await waiting, 'released');
  });
});
