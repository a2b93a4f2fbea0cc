/** Names that lead elsewhere in naive code: here a name is looked up in a Map, and that is all. */
import { assert } from 'chai';
import { openInProcess, rejection } from '../support/corral.ts';
import { besiege, codeOf } from './siege.ts';

const inherited = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  '__defineGetter__',
  '__lookupSetter__',
  'toJSON',
  'then',
  'size',
  'get',
  'handler',
  'name',
  'length',
];
const strange = [
  '',
  ' ',
  '.',
  '..',
  'greet.',
  '.greet',
  ' greet',
  'Greet',
  'greet\0',
  '\ud800',
  'take\udc00',
  'ｇreet',
  'x'.repeat(1_000_000),
];

describe('hostile names', () => {
  it('4: finds no command under an inherited or strange name, and says the same of all', async () => {
    const { attacker, core, unharmed } = await besiege();
    const plain = await attacker.ask('no-such-command');
    for (const name of [...inherited, ...strange]) {
      const { error } = await attacker.ask(name, { name: 'Ada' });
      assert.equal(error?.code, plain.error?.code);
      assert.equal(error?.data?.code, 'COMMAND_NOT_FOUND');
      assert.equal(error?.message, plain.error?.message.replace('no-such-command', name.slice(0, 80)));
    }
    assert.equal(core.stats().violations, 0);
    await unharmed();
  });

  it('4: finds no event there, to hear or to emit', async () => {
    const { attacker, core, unharmed } = await besiege();
    for (const event of [...inherited, ...strange]) {
      assert.equal(codeOf(await attacker.ask('$/listen', { event, listener: 1 })), 'INVALID_PAYLOAD');
      assert.equal(codeOf(await attacker.ask('$/emit', { event, payload: 'x' })), 'INVALID_PAYLOAD');
      attacker.post({ jsonrpc: '2.0', method: '$/unlisten', params: { event, listener: 1 } });
    }
    await attacker.settled();
    assert.equal(core.stats().listeners, 1);
    await unharmed();
  });

  it('4: keeps apart what Corral itself says: no client can say it', async () => {
    const { attacker, core, unharmed } = await besiege();
    const heard: string[] = [];
    for (const event of ['corral:client-joined', 'corral:client-left'] as const)
      core.listen(event, ({ payload }) => void heard.push(payload.label));
    for (const event of [
      'corral:core-lost',
      'corral:core-ready',
      'corral:core-restarted',
      'corral:client-joined',
      'corral:client-left',
      'corral:anything',
    ]) {
      assert.include(
        ['NOT_ALLOWED', 'INVALID_PAYLOAD'],
        codeOf(await attacker.ask('$/emit', { event, payload: { id: '1', label: 'forged' } })),
      );
      assert.include(
        ['NOT_ALLOWED', 'INVALID_PAYLOAD'],
        codeOf(await attacker.ask('$/emit', { event, payload: { id: '1', label: 'forged' }, to: 'neighbour' })),
      );
    }
    assert.notInclude(heard, 'forged');
    await unharmed();
  });

  it('4: the proxy form invokes nothing inherited either', async () => {
    const { core, unharmed } = await besiege();
    const { invoke } = openInProcess(core);
    const anything = invoke as unknown as Record<string, (args?: unknown) => Promise<unknown>>;
    for (const name of [
      'constructor',
      '__proto__',
      'toString',
      'valueOf',
      'hasOwnProperty',
      'call',
      'apply',
      'bind',
      'prototype',
      'name',
      'length',
    ]) {
      assert.equal(
        (await rejection((anything[name] as (args?: unknown) => Promise<unknown>)({}))).code,
        'COMMAND_NOT_FOUND',
        name,
      );
    }
    assert.isUndefined(anything['then']);
    await unharmed();
  });

  it('5: knows no paths: a name leads to one command or to none', async () => {
    const { attacker, core, unharmed } = await besiege({ violations: 1000 });
    for (const method of [
      'constructor.constructor',
      'greet.constructor',
      'greet.handler',
      'greet.call',
      '__proto__.polluted',
      'take.args.~run',
      '../greet',
      'greet/../take',
      'greet[0]',
      '~kernel.commands',
    ]) {
      assert.equal(codeOf(await attacker.ask(method, 'globalThis.polluted = true')), 'COMMAND_NOT_FOUND');
    }
    for (const method of [['constructor', 'constructor'], ['greet'], { 0: 'greet' }])
      attacker.post({ jsonrpc: '2.0', id: 1, method, params: [] });
    await attacker.settled();
    assert.equal(core.stats().violations, 3);
    assert.notProperty(globalThis, 'polluted');
    await unharmed();
  });

  it("6: knows no verbs that write or construct: other libraries' messages are violations", async () => {
    const { attacker, core, ran, unharmed } = await besiege({ violations: 1000 });
    const { port1, port2 } = new MessageChannel();
    const foreign: [unknown, Transferable[]?][] = [
      [{ id: '1', type: 'GET', path: ['constructor', 'name'] }],
      [{ id: '2', type: 'SET', path: ['__proto__', 'polluted'], value: { type: 'RAW', value: true } }],
      [
        {
          id: '3',
          type: 'CONSTRUCT',
          path: ['constructor', 'constructor'],
          argumentList: [{ type: 'RAW', value: 'polluted = true' }],
        },
      ],
      [{ id: '4', type: 'APPLY', path: ['greet'], argumentList: [] }],
      [{ id: '5', type: 'ENDPOINT' }],
      [{ id: '6', type: 'RELEASE' }],
      [{ type: 'HANDLER', name: 'proxy', value: port1 }, [port1]],
      [{ namespace: 'penpal', channel: undefined, type: 'ACK2' }],
      [{ namespace: 'penpal', channel: undefined, type: 'DESTROY' }],
      [{ t: 'q', i: '1', m: 'greet', a: [] }],
      [['push', ['pipeline', 0, ['constructor'], []]]],
    ];
    for (const [message, transfer] of foreign) attacker.post(message, transfer);
    for (const method of ['$/set', '$/construct', '$/release', '$/eval', '$/__proto__', '$', '$/']) {
      assert.equal(codeOf(await attacker.ask(method, { path: ['greet'], value: null })), 'COMMAND_NOT_FOUND');
    }
    assert.isAtLeast(core.stats().violations, foreign.length + 7);
    assert.notInclude(ran, 'take');
    assert.notProperty(globalThis, 'polluted');
    port2.close();
    await unharmed();
  });

  it('4: calls two connections by one label without mixing them up', async () => {
    const { core, unharmed } = await besiege();
    const twins = [openInProcess(core, { label: 'twin' }), openInProcess(core, { label: 'twin' })] as const;
    const heard: [string, string][] = [];
    for (const [index, twin] of twins.entries())
      await twin.listen('news', ({ payload }) => void heard.push([String(index), payload]));
    await twins[0].emitTo('twin', 'news', 'both');
    twins[0].close();
    await openInProcess(core, { label: 'third' }).emitTo('twin', 'news', 'one');
    await twins[1].invoke.greet({ name: 'x' });
    assert.deepEqual(heard.sort(), [
      ['0', 'both'],
      ['1', 'both'],
      ['1', 'one'],
    ]);
    await unharmed();
  });
});
