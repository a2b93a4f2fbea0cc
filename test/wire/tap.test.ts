/** The tap: it is told of what crosses on links that open while it is there, and neither changes nor holds up anything. */
import { assert } from 'chai';
import { tap, type TapRecord } from 'corral';
import { command, createCore, resource } from 'corral/core';
import * as v from 'valibot';
import { FRAME_LENGTH } from '../../src/wire/messages.ts';
import { openLink } from '../../src/wire/link.ts';
import { linkPair } from 'corral/testing';
import { atEnd, eventually, openInProcess, rejection } from '../support/corral.ts';
import { collectUncaught } from '../journeys/uncaught.ts';

/** Taps until the end of the test. */
function tapped(): TapRecord[] {
  const records: TapRecord[] = [];
  atEnd(tap((record) => records.push(record)));
  return records;
}

const createGreeter = () => createCore({ name: 'tapped', commands: { greet: command({ args: v.object({ name: v.string() }), handler: ({ name }) => `Hello, ${name}!` }) } });
const methods = (records: TapRecord[], kind: string): unknown[] => records.filter((one) => one.kind === kind).map(({ message }) => (message as { method?: string }).method).filter(Boolean);

describe('tap', () => {
  it('is told of both ends of a call in one realm, each on its own link', async () => {
    const records = tapped();
    const { invoke } = openInProcess(createGreeter(), { label: 'main' });
    await invoke.greet({ name: 'Ada' });
    const opened = records.filter(({ kind }) => kind === 'opened').map(({ message }) => message);
    assert.deepEqual(opened, [{ side: 'gate', label: 'tapped' }, { side: 'core', label: undefined }, { side: 'client', label: 'main' }]);
    const greet = records.filter(({ message }) => (message as { method?: string } | undefined)?.method === 'greet');
    assert.deepEqual(greet.map(({ kind }) => kind), ['sent', 'received']);
    assert.notEqual(greet[0]?.link, greet[1]?.link);
    const answers = records.filter(({ message }) => (message as { result?: string } | undefined)?.result === 'Hello, Ada!');
    assert.deepEqual(answers.map(({ kind, link }) => [kind, link]), [['sent', greet[1]?.link], ['received', greet[0]?.link]]);
    for (let index = 1; index < records.length; index++) assert.isAtLeast(records[index]!.at, records[index - 1]!.at);
  });

  it('takes frames apart, also long ones, in order', async () => {
    const records = tapped();
    const [near, far] = linkPair();
    const got: unknown[] = [];
    const options = { refused() {}, garbled() {}, receive: (data: unknown) => got.push(data) };
    const [one] = [openLink(near, options), openLink(far, options)];
    one.framed = true;
    for (let n = 0; n < FRAME_LENGTH + 3; n++) one.send({ n });
    await eventually('all arrived', () => got.flat().length === FRAME_LENGTH + 3);
    const numbers = (kind: string): unknown[] => records.filter((record) => record.kind === kind).map(({ message }) => (message as { n: number }).n);
    assert.deepEqual(numbers('sent'), Array.from({ length: FRAME_LENGTH + 3 }, (_, n) => n));
    assert.deepEqual(numbers('received'), numbers('sent'));
    near.close();
  });

  it('does not walk what is too long to be a frame', async () => {
    const records = tapped();
    const [near, far] = linkPair();
    let got = 0;
    openLink(far, { refused() {}, garbled() {}, receive: () => got++ });
    const long: unknown[] = [];
    long.length = FRAME_LENGTH + 1;
    near.postMessage(long, []);
    await eventually('it arrived', () => got === 1);
    assert.lengthOf(records.filter(({ kind }) => kind === 'received'), 1);
    near.close();
  });

  it('is told what could not be cloned, and why', async () => {
    const records = tapped();
    const { invoke } = openInProcess(createGreeter());
    const error = await rejection(invoke.greet({ name: (() => {}) as never }));
    assert.equal(error.code, 'NOT_CLONEABLE');
    const [refused] = records.filter(({ kind }) => kind === 'uncloneable');
    assert.equal((refused?.message as { method: string }).method, 'greet');
    assert.equal((refused?.cause as Error).name, 'DataCloneError');
  });

  it('is told of garbled messages, and of the end of a link', () => {
    const records = tapped();
    const [near, far] = linkPair();
    const link = openLink(near, { refused() {}, garbled() {}, receive() {} });
    far.garble();
    return eventually('it was garbled', () => records.some(({ kind }) => kind === 'garbled')).then(() => {
      link.close(true);
      assert.equal(records.at(-1)?.kind, 'closed');
    });
  });

  it('is told of the calls of a resource, and of its release', async () => {
    const records = tapped();
    const core = createCore({ name: 'tapped', commands: { open: command({ handler: () => resource({ read: (size: number) => 'x'.repeat(size), fail: () => { throw new Error('no'); } }) }) } });
    const { invoke } = openInProcess(core);
    const file = await invoke.open();
    assert.equal(await file.read(3), 'xxx');
    await rejection(file.fail());
    file[Symbol.dispose ?? Symbol.for('Symbol.dispose') as never]();
    await eventually('the core has released it', () => core.stats().resources === 0);
    const told = records.filter(({ resource }) => resource !== undefined).map(({ kind, message }) => {
      const { method, result, error } = Object(message) as Record<string, unknown>;
      return [kind, method ?? result ?? (error as { data?: { code: string } } | undefined)?.data?.code];
    });
    assert.sameDeepMembers(told, [
      ['sent', 'read'], ['received', 'read'], ['sent', 'xxx'], ['received', 'xxx'],
      ['sent', 'fail'], ['received', 'fail'], ['sent', 'COMMAND_FAILED'], ['received', 'COMMAND_FAILED'],
      ['released', undefined], ['released', undefined],
    ]);
  });

  it("is told of a core's grants, revocations and decisions", async () => {
    const records = tapped();
    const core = createCore({
      name: 'tapped',
      commands: { greet: command({ handler: () => 'Hello' }), secret: command({ handler: () => 42 }) },
      capabilities: [{ identifier: 'page', clients: ['main'], invoke: ['greet'] }],
    });
    const { invoke } = openInProcess(core);
    await invoke.greet();
    await rejection(invoke.secret());
    core.grant({ identifier: 'more', clients: ['main'], invoke: ['secret'] });
    core.revoke('more');
    const told = records.filter(({ kind }) => ['decided', 'granted', 'revoked'].includes(kind)).map(({ kind, message }) => {
      const { identifier, allowed, reason, name } = Object(message) as Record<string, unknown>;
      return [kind, identifier ?? (name ? `${String(name)} ${String(allowed)} ${String(reason)}` : message)];
    });
    assert.deepEqual(told, [
      ['granted', 'page'],
      ['decided', 'greet true granted'],
      ['decided', 'secret false not-granted'],
      ['granted', 'more'],
      ['revoked', 'more'],
    ]);
  });

  it('harms nobody by throwing: what it throws is reported, and others are told', async () => {
    const errors = collectUncaught();
    atEnd(tap(() => {
      throw new Error('a broken tool');
    }));
    const records = tapped();
    const { invoke } = openInProcess(createGreeter());
    assert.equal(await invoke.greet({ name: 'Ada' }), 'Hello, Ada!');
    assert.include(methods(records, 'sent'), 'greet');
    assert.isAtLeast(errors.length, records.length);
  });

  it('sees nothing of a link that was open before, and nothing once it has ended', async () => {
    const { invoke } = openInProcess(createGreeter());
    await invoke.greet({ name: 'Ada' });
    const late: TapRecord[] = [];
    const end = tap((record) => late.push(record));
    await invoke.greet({ name: 'secret' });
    assert.deepEqual(late, []);
    const other = openInProcess(createGreeter());
    await other.invoke.greet({ name: 'Ada' });
    assert.include(methods(late, 'sent'), 'greet');
    end();
    end();
    const before = late.length;
    await other.invoke.greet({ name: 'Ada' });
    assert.lengthOf(late, before);
  });

  it('tells a late tap nothing of links that another tap sees', async () => {
    const early = tapped();
    const { invoke } = openInProcess(createGreeter());
    await invoke.greet({ name: 'Ada' });
    const late = tapped();
    await invoke.greet({ name: 'secret' });
    assert.include(JSON.stringify(early), 'secret');
    assert.deepEqual(late, []);
  });
});
