/** Declarations that contradict themselves are refused when they are made, by name, before the first message. */
import { assert } from 'chai';
import { command, createCore, event, plugin } from 'corral/core';
import * as v from 'valibot';

const go = command({ handler: () => 1 });
const create = createCore as unknown as (options: unknown) => { name: string };

/** The words with which these options are refused. */
function refusal(options: unknown): string {
  try {
    create(options);
  } catch (error) {
    assert.instanceOf(error, TypeError);
    return (error as Error).message;
  }
  return assert.fail(`It was accepted: ${JSON.stringify(options)}`);
}

describe('createCore', () => {
  it('accepts a core of nothing but a name', () => {
    assert.equal(create({ name: 'a' }).name, 'a');
    for (const name of ['notes', 'a-b.c/d_e', 'x'.repeat(64), '0']) assert.equal(create({ name }).name, name);
  });

  it('refuses a name that cannot name locks and buses', () => {
    for (const name of [undefined, null, 5, '', 'two words', 'x'.repeat(65), 'a:b', 'ü', 'a*']) assert.include(refusal({ name }), 'name', String(name));
    refusal(undefined);
    refusal(null);
  });

  it('refuses a version that is no string', () => {
    assert.include(refusal({ name: 'a', version: 1 }), 'version');
  });

  it('refuses a command whose name would be read as something else', () => {
    for (const name of ['', 'a.b', '.', '.a', 'a.', '$hello', '$/hello', 'then', 'toString', 'valueOf', 'toJSON']) assert.include(refusal({ name: 'a', commands: { [name]: go } }), `\`${name}\``);
    assert.include(refusal({ name: 'a', commands: { group: { 'a.b': go } } }), '`group.a.b`');
    assert.include(refusal({ name: 'a', commands: { group: { then: go } } }), '`group.then`');
    assert.include(refusal({ name: 'a', commands: { rpc: go } }), '`rpc`');
    assert.include(refusal({ name: 'a', commands: { rpc: { discover: go } } }), '`rpc`');
  });

  it('accepts names that objects and functions have', () => {
    const commands = { constructor: go, hasOwnProperty: go, catch: go, call: go, name: go, handler: { handler: go }, args: go, 'with-dash': go, 'ü': go, group: { rpc: go, $: undefined } };
    delete (commands.group as { $?: unknown }).$;
    create({ name: 'a', commands });
  });

  it('refuses what is no command and no group', () => {
    for (const value of [null, undefined, 5, 'text', () => 1, true]) assert.throws(() => create({ name: 'a', commands: { odd: value } }), TypeError);
    for (const value of [null, 5]) assert.throws(() => create({ name: 'a', commands: { group: { odd: value } } }), TypeError);
  });

  it('refuses an event whose name is one of its own', () => {
    for (const name of ['', '$event', 'corral:core-ready', 'corral:anything']) assert.include(refusal({ name: 'a', events: { [name]: event() } }), `\`${name}\``);
    create({ name: 'a', events: { 'note-added': event(), 'a.b': event(), constructor: event(), 'corral-like': event() } });
  });

  it('refuses two declarations of one name', () => {
    const one = plugin({ name: 'fs', commands: { read: go }, events: { changed: event() } });
    assert.include(refusal({ name: 'a', plugins: [one, one] }), 'fs');
    assert.include(refusal({ name: 'a', commands: { fs: { read: go } }, plugins: [one] }), 'fs');
    assert.include(refusal({ name: 'a', events: { 'fs.changed': event() }, plugins: [one] }), 'fs.changed');
  });

  it('refuses a plugin whose factory was not called, and one with a name that no group may have', () => {
    const factory = () => plugin({ name: 'fs', commands: { read: go } });
    refusal({ name: 'a', plugins: [factory] });
    refusal({ name: 'a', plugins: [{ commands: { read: go } }] });
    for (const name of ['', 'a.b', '$x', 'rpc', 'then']) {
      assert.throws(() => create({ name: 'a', plugins: [plugin({ name, commands: { read: go } })] }), TypeError, undefined, name);
    }
  });

  it('refuses limits that limit nothing or that it does not know', () => {
    for (const limits of [{ calls: 0 }, { calls: -1 }, { calls: NaN }, { calls: '5' }, { unknown: 5 }, { nodes: null }]) assert.include(refusal({ name: 'a', limits }), 'limits', JSON.stringify(limits));
    create({ name: 'a', limits: { calls: 1, nodes: Infinity, depth: 10 } });
    create({ name: 'a', limits: {} });
  });

  it('refuses a declared error with a code of its own, which would say something else', () => {
    for (const code of ['NOT_ALLOWED', 'CONNECTION_LOST', 'CANCELLED']) {
      assert.include(refusal({ name: 'a', commands: { go: command({ errors: { [code]: v.string() }, handler: () => 1 }) } }), code);
    }
    create({ name: 'a', commands: { go: command({ errors: { toString: v.string(), MINE: v.string() }, handler: () => 1 }) } });
  });

  it('runs nothing before it is served', () => {
    let runs = 0;
    createCore({ name: 'a', setup: () => void runs++, plugins: [plugin({ name: 'p', setup: () => void runs++ })], commands: { go: command({ args: v.custom(() => (runs++, true)), handler: () => runs++ }) } });
    assert.equal(runs, 0);
  });

  it('tells its own listeners before it is served, and counts nothing', async () => {
    const core = createCore({ name: 'a', events: { said: event(v.string()) } });
    const heard: string[] = [];
    core.listen('said', ({ payload }) => heard.push(payload));
    await core.emit('said', 'x');
    assert.deepEqual(heard, ['x']);
    assert.deepEqual(core.stats(), { clients: 0, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 0 });
    assert.throws(() => core.listen('unknown' as 'said', () => {}));
  });
});
