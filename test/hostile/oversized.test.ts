/** Messages that cost their sender little and a validator everything. The core is a worker: it would take the page along. */
import { assert } from 'chai';
import * as v from 'valibot';
import { command, createCore } from 'corral/core';
import { openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { besiege, besiegeWorker, codeOf, sparse, type Attacker } from './siege.ts';

/** Nothing of an attacker's ran in the worker. */
async function ranNothing(attacker: Attacker): Promise<void> {
  const ran = (await attacker.ask('ran')).result as string[];
  assert.notIncludeMembers(ran, ['take', 'sum', 'tree', 'record']);
}

/** A few objects that a walk without memory visits 2^depth times. */
function shared(depth: number, join: (inner: unknown) => unknown): unknown {
  let inner: unknown = join(undefined);
  for (let level = 0; level < depth; level++) inner = join(inner);
  return inner;
}

/** So deep, if this engine's cloning can carry it from here. */
function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = {};
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
}
const DEPTHS = [200, 1_000, 1_500, 2_000, 3_000, 20_000, 100_000];

describe('oversized messages', () => {
  it('7: refuses a sparse array without walking it', async () => {
    const { attacker, unharmed } = await besiegeWorker();
    for (const params of [
      sparse(10_000_000),
      sparse(),
      { list: sparse() },
      [sparse()],
      new Map([['list', sparse()]]),
      new Set([sparse()]),
    ]) {
      assert.equal(codeOf(await attacker.ask('sum', params)), 'OVERLOADED');
      assert.equal(codeOf(await attacker.ask('take', params)), 'OVERLOADED');
    }
    await ranNothing(attacker);
    await unharmed();
  });

  it('7: refuses one in what Corral itself asks for', async () => {
    const { attacker, unharmed } = await besiegeWorker();
    const list = sparse();
    assert.equal(codeOf(await attacker.ask('$/emit', { event: 'anything', payload: list })), 'OVERLOADED');
    assert.equal(codeOf(await attacker.ask('$/listen', { event: list, listener: 1 })), 'OVERLOADED');
    assert.isDefined(codeOf(await attacker.hello({ label: list })));
    await unharmed();
  });

  it('7: refuses one as a batch or a frame', async () => {
    const { attacker, unharmed } = await besiegeWorker();
    attacker.post(sparse());
    await attacker.settled();
    await attacker.hello();
    attacker.post(sparse());
    await attacker.settled();
    assert.deepEqual(attacker.heard.map(codeOf).filter(Boolean), ['OVERLOADED', 'OVERLOADED']);
    await unharmed();
  });

  it('8: counts every way that leads to a shared value', async () => {
    const { attacker, unharmed } = await besiegeWorker();
    const forms = [
      shared(30, (inner) => ({ left: inner, right: inner })),
      shared(30, (inner) => [inner, inner]),
      shared(
        30,
        (inner) =>
          new Map([
            [1, inner],
            [2, inner],
          ]),
      ),
      shared(30, (inner) => new Map([[inner, inner]])),
      shared(30, (inner) => new Set([[inner], inner])),
      shared(5, (inner) => Array(64).fill(inner)),
    ];
    for (const params of forms) {
      assert.equal(codeOf(await attacker.ask('tree', params)), 'OVERLOADED');
      assert.equal(codeOf(await attacker.ask('take', params)), 'OVERLOADED');
      assert.equal(codeOf(await attacker.ask('$/emit', { event: 'anything', payload: params })), 'OVERLOADED');
    }
    await ranNothing(attacker);
    await unharmed();
  });

  it('10: refuses every nesting that the engine can carry', async () => {
    const { attacker, unharmed } = await besiegeWorker();
    for (const wrap of [
      (inner: unknown) => ({ left: inner }),
      (inner: unknown) => [inner],
      (inner: unknown) => new Map([[1, inner]]),
    ]) {
      for (const depth of DEPTHS) {
        attacker.heard.length = 0;
        try {
          attacker.post({ jsonrpc: '2.0', id: depth, method: 'take', params: nested(depth, wrap) });
        } catch {
          break; // no engine sends what its own stack cannot hold
        }
        await attacker.settled();
        // Chromium delivers `null` for what its worker's smaller stack cannot hold.
        assert.include(['OVERLOADED', 'MALFORMED_MESSAGE'], codeOf(attacker.heard[0] ?? {}), `depth ${depth}`);
      }
    }
    await ranNothing(attacker);
    await unharmed();
  });

  it('10: settles the call of an honest client that nests too deep, whatever the engine makes of it', async () => {
    const { neighbour } = await besiegeWorker();
    for (const depth of DEPTHS) {
      const error = await rejection(neighbour.invoke.take(nested(depth, (inner) => ({ inner }))));
      assert.include(['OVERLOADED', 'NOT_CLONEABLE', 'MALFORMED_MESSAGE'], error.code, `depth ${depth}`);
    }
  });

  it('10: refuses a string over the limit, wherever it stands', async () => {
    const { attacker, ran, unharmed } = await besiege({ stringLength: 1000 });
    const endless = 'x'.repeat(1001);
    for (const params of [
      endless,
      { name: endless },
      [endless],
      new Map([['key', endless]]),
      new Map([[endless, 1]]),
      new Set([endless]),
      { [endless]: 1 },
    ]) {
      assert.equal(codeOf(await attacker.ask('take', params)), 'OVERLOADED');
    }
    assert.notInclude(ran, 'take');
    await unharmed();
  });

  it('7: headers of a hundred million numbers are refused unread', async () => {
    const { attacker, unharmed } = await besiegeWorker();
    const headers = new Uint8Array(100_000_000);
    attacker.post({ jsonrpc: '2.0', id: 1, method: 'take', params: 1, headers }, [headers.buffer]);
    assert.equal(codeOf(await attacker.reply(1)), 'MALFORMED_MESSAGE');
    await ranNothing(attacker);
    await unharmed();
  });

  it('22: does not send an answer over `answerNodes`, if the core sets it', async () => {
    const answers: Record<string, () => unknown> = {
      list: () => Array.from({ length: 101 }, () => 1),
      sparse: () => sparse(2 ** 32 - 1),
      record: () => Object.fromEntries(Array.from({ length: 101 }, (_, key) => [`key ${key}`, 1])),
      bare: () =>
        Object.assign(
          Object.create(null) as object,
          Object.fromEntries(Array.from({ length: 101 }, (_, key) => [`key ${key}`, 1])),
        ),
      instance: () =>
        new (class Book {
          pages = Array.from({ length: 101 }, () => 1);
        })(),
      shared: () => shared(30, (inner) => [inner, inner]),
    };
    const commands = Object.fromEntries(Object.entries(answers).map(([name, handler]) => [name, command({ handler })]));
    const core = createCore({
      name: unique('answers'),
      limits: { answerNodes: 100 },
      commands: { ...commands, small: command({ returns: v.any(), handler: () => [1, { two: 2 }] }) },
      onError: () => {},
    });
    const { invoke } = openInProcess(core);
    for (const name of Object.keys(answers)) {
      assert.equal((await rejection(invoke(name as never, undefined as never))).code, 'OVERLOADED', name);
    }
    assert.deepEqual(await invoke.small(), [1, { two: 2 }]);
  });

  it('22: sends a small answer without a prototype, or of a class, under `answerNodes`', async () => {
    const core = createCore({
      name: unique('answers'),
      limits: { answerNodes: 100 },
      commands: {
        bare: command({ handler: () => Object.assign(Object.create(null) as { one?: number }, { one: 1 }) }),
        date: command({ handler: () => new Date(0) }),
      },
    });
    const { invoke } = openInProcess(core);
    assert.deepEqual({ ...(await invoke.bare()) }, { one: 1 });
    assert.equal((await invoke.date()).getTime(), 0);
  });
});
