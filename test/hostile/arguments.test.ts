/** Arguments that a validator or a handler would choke on: refused by their shape, before any schema runs. */
import { assert } from 'chai';
import * as v from 'valibot';
import { command, createCore } from 'corral/core';
import { openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { besiege, codeOf } from './siege.ts';

const own = (json: string): unknown => JSON.parse(json);

describe('hostile arguments', () => {
  it('3: refuses an own `__proto__`, `constructor.prototype` at any depth, and pollutes nothing', async () => {
    const { attacker, taken, unharmed } = await besiege();
    const polluting = [
      own('{"__proto__":{"polluted":true}}'),
      own('{"__proto__":null}'),
      own('{"a":[{"b":{"__proto__":{"polluted":true}}}]}'),
      own('{"constructor":{"prototype":{"polluted":true}}}'),
      [own('{"__proto__":1}')],
      new Map([['key', own('{"__proto__":{"polluted":true}}')]]),
      new Map([[own('{"__proto__":{"polluted":true}}'), 'value']]),
      new Set([own('{"__proto__":{"polluted":true}}')]),
    ];
    for (const params of polluting) {
      const reply = await attacker.ask('take', params);
      assert.equal(codeOf(reply), 'INVALID_ARGUMENTS');
      assert.isAtMost(JSON.stringify(reply).length, 1024);
    }
    assert.deepEqual(taken, []);
    assert.notProperty({}, 'polluted');
    await unharmed();
  });

  it('3: refuses them in what Corral itself asks for', async () => {
    const { attacker, core, unharmed } = await besiege();
    const polluting = own('{"__proto__":{"polluted":true}}');
    assert.equal(codeOf(await attacker.ask('$/emit', { event: 'anything', payload: polluting })), 'INVALID_PAYLOAD');
    assert.isDefined(codeOf(await attacker.ask('$/hello', own('{"__proto__":{"protocol":1,"label":"neighbour"}}'))));
    assert.isDefined(codeOf(await attacker.ask('$/listen', own('{"__proto__":{"event":"news","listener":1}}'))));
    assert.deepInclude(core.stats(), { clients: 1, listeners: 1 });
    await unharmed();
  });

  it('3: finds no message behind a `__proto__`', async () => {
    const { attacker, taken, core, unharmed } = await besiege();
    attacker.post(own('{"__proto__":{"jsonrpc":"2.0","method":"take","params":1},"id":1}'));
    assert.equal((await attacker.reply(1)).error?.code, -32600);
    assert.equal(core.stats().violations, 1);
    assert.deepEqual(taken, []);
    await unharmed();
  });

  it('3: refuses an own `__proto__` on an array, however long it is', async () => {
    const { attacker, taken, unharmed } = await besiege();
    for (const length of [0, 3, 64, 65, 1000]) {
      const list = Array.from({ length }, () => 0);
      Object.defineProperty(list, '__proto__', { value: { polluted: true }, enumerable: true });
      assert.equal(codeOf(await attacker.ask('take', list)), 'INVALID_ARGUMENTS', `of length ${length}`);
    }
    assert.deepEqual(taken, []);
    await unharmed();
  });

  it('9: refuses a cycle before it reaches a schema', async () => {
    const { attacker, ran, unharmed } = await besiege();
    const object: Record<string, unknown> = {};
    object['left'] = object['right'] = object;
    const list: unknown[] = [];
    for (let count = 0; count < 64; count++) list.push(list);
    const map = new Map<unknown, unknown>();
    map.set(map, map);
    const set = new Set<unknown>();
    set.add(set);
    for (const params of [object, list, map, set, { map: [set, { list }] }]) {
      assert.equal(codeOf(await attacker.ask('take', params)), 'OVERLOADED');
      assert.equal(codeOf(await attacker.ask('tree', params)), 'OVERLOADED');
    }
    assert.equal(codeOf(await attacker.ask('$/emit', { event: 'anything', payload: object })), 'OVERLOADED');
    assert.notIncludeMembers(ran, ['take', 'tree']);
    await unharmed();
  });

  it('11: names one issue of 200,000, in a short reply', async () => {
    const { attacker, ran, unharmed } = await besiege();
    const wrong = Object.fromEntries(Array.from({ length: 200_000 }, (_, key) => [`key ${key}`, 'no number']));
    const reply = await attacker.ask('record', wrong);
    assert.equal(codeOf(reply), 'INVALID_ARGUMENTS');
    assert.isAtMost(JSON.stringify(reply).length, 1024);
    assert.notInclude(ran, 'record');
    await unharmed();
  });

  it('11: repeats no endless key, name or label in its reply', async () => {
    const { attacker, unharmed } = await besiege();
    const endless = 'k'.repeat(1_000_000);
    const replies = [
      await attacker.ask('record', { [endless]: 'no number' }),
      await attacker.ask(endless),
      await attacker.ask(`$/${endless}`),
      await attacker.ask('$/listen', { event: endless, listener: 1 }),
      await attacker.ask('$/emit', { event: endless }),
      await attacker.ask('$/emit', { event: `corral:${endless}` }),
      await attacker.hello({ label: endless }),
      await attacker.hello({ version: endless }),
      await attacker.hello({ protocol: [endless] }),
    ];
    for (const reply of replies) {
      assert.isDefined(codeOf(reply));
      assert.isAtMost(JSON.stringify(reply).length, 1024, codeOf(reply));
    }
    await unharmed();
  });

  it('12: refuses an array with properties of its own, however long it is', async () => {
    const { attacker, ran, unharmed } = await besiege();
    const extras: [string, unknown][] = [
      ['map', 'evil'],
      ['reduce', 1],
      ['forEach', null],
      ['constructor', 1],
      ['toString', 1],
      ['extra', { deep: 1 }],
      ['-1', 1],
      ['1.5', 1],
      ['4294967295', 1],
    ];
    for (const length of [0, 2, 64, 65, 5000]) {
      for (const [key, value] of extras) {
        const list = Object.assign(
          Array.from({ length }, () => 0),
          { [key]: value },
        );
        assert.equal(codeOf(await attacker.ask('sum', list)), 'INVALID_ARGUMENTS', `${key} at length ${length}`);
        assert.equal(codeOf(await attacker.ask('take', { list })), 'INVALID_ARGUMENTS', `${key} at length ${length}`);
      }
    }
    assert.notIncludeMembers(ran, ['sum', 'take']);
    await unharmed();
  });

  it('12: tells of a refused key without calling anything of it', async () => {
    const core = createCore({
      name: unique('keys'),
      commands: { ages: command({ args: v.map(v.any(), v.number()), handler: ({ size }) => size }) },
    });
    const { invoke } = openInProcess(core);
    for (const key of [{ toString: 1, valueOf: 1 }, new Map(), [[], [{ toString: null }]]]) {
      assert.equal((await rejection(invoke.ages(new Map([[key, 'no number' as never]])))).code, 'INVALID_ARGUMENTS');
    }
    assert.equal(await invoke.ages(new Map([['Ada', 36]])), 1);
  });
});
