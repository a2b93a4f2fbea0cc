/** Capabilities that change while the core runs: what they end, what they leave alone, and what everybody is told. */
import { assert } from 'chai';
import { eventually, rejection } from '../support/corral.ts';
import { createRanch } from './ranch.ts';

const preview = { identifier: 'preview', clients: ['preview'], invoke: ['greet', 'wait', { command: 'files.watch', allow: [{ path: '/a' }, { path: '/b' }] }], listen: ['news', 'theme'] } as const;
const reasonOf = (error: { code?: string; details?: unknown }): unknown[] => [error.code, (error.details as { reason: string } | undefined)?.reason];

describe('revoking', () => {
  it('ends the calls that it covered, each with NOT_ALLOWED and a reason, and aborts their handlers', async () => {
    const { core, enter, ran, aborted } = createRanch([preview]);
    const [mine, others] = [enter('preview'), enter()];
    const calls = [mine.invoke.wait(), mine.invoke.files.watch({ path: '/a' })].map((call) => rejection(call));
    const other = rejection(others.invoke.wait());
    await eventually('all run', () => ran.length === 3);
    assert.isTrue(core.revoke('preview'));
    for (const error of await Promise.all(calls)) assert.deepEqual(reasonOf(error), ['NOT_ALLOWED', 'revoked']);
    await eventually('two are aborted', () => aborted.length === 2);
    assert.deepEqual(reasonOf(await rejection(mine.invoke.greet({ name: 'x' }))), ['NOT_ALLOWED', 'not-granted']);
    assert.equal(await others.invoke.greet({ name: 'x' }), 'Hello, x, says main');
    assert.equal(core.stats().calls, 1);
    others.close();
    assert.equal((await other).code, 'CONNECTION_LOST');
  });

  it('ends the calls whose argument is not covered any more, and no others', async () => {
    const { core, enter, ran, aborted } = createRanch([preview]);
    const { invoke } = enter('preview');
    const [a, b] = [rejection(invoke.files.watch({ path: '/a' })), rejection(invoke.files.watch({ path: '/b' }))];
    await eventually('both run', () => ran.length === 2);
    core.grant({ ...preview, invoke: ['wait', { command: 'files.watch', allow: [{ path: '/b' }] }] });
    assert.deepEqual(reasonOf(await a), ['NOT_ALLOWED', 'revoked']);
    assert.deepEqual(aborted, ['/a']);
    core.revoke('preview');
    assert.deepEqual(reasonOf(await b), ['NOT_ALLOWED', 'revoked']);
  });

  it('ends the listeners that it covered, and tells each why', async () => {
    const { core, enter } = createRanch([preview]);
    const { listen, stats, emit } = { ...enter('preview'), emit: enter().emit };
    const heard: string[] = [];
    const ended: unknown[][] = [];
    const onEnd = (error: unknown): void => void ended.push(reasonOf(error as never));
    await listen('news', ({ payload }) => void heard.push(payload), { onEnd });
    await listen('theme', ({ payload }) => void heard.push(payload), { onEnd });
    await emit('news', 'before');
    await eventually('it is heard', () => heard.length === 1);
    core.grant({ ...preview, listen: ['theme'] });
    await emit('news', 'after');
    await emit('theme', 'dark');
    await eventually('the other one is heard', () => heard.includes('dark'));
    assert.deepEqual(heard, ['before', 'dark']);
    assert.deepEqual(ended, [['NOT_ALLOWED', 'revoked']]);
    assert.equal(stats().listeners, 1);
    assert.equal(core.stats().listeners, 1);
  });

  it('moves the bus away from who is not free any more', async () => {
    const { core, claim } = createRanch();
    const [narrowed, other] = [claim('narrowed'), claim('other')];
    const heard: [string, string][] = [];
    for (const [name, { listen }] of [['narrowed', narrowed], ['other', other]] as const) {
      for (const event of ['news', 'secret'] as const) await listen(event, ({ payload }) => void heard.push([name, payload]));
    }
    await core.emit('secret', 'one');
    await eventually('both hear it', () => heard.length === 2);
    core.grant({ identifier: 'narrow', clients: ['narrowed'], invoke: ['*'], listen: ['news'] });
    await core.emit('secret', 'two');
    await core.emit('news', 'three');
    // Whoever kept the old bus open hears nothing there any more.
    await eventually('both hear the news', () => heard.length === 5);
    assert.deepEqual(heard.filter(([name]) => name === 'narrowed').map(([, payload]) => payload), ['one', 'three']);
    assert.deepEqual(heard.filter(([name]) => name === 'other').map(([, payload]) => payload), ['one', 'two', 'three']);
  });

  it('is noted in the audit, and what is granted now can be listed', async () => {
    const { core, enter, decisions, ran } = createRanch([preview]);
    const call = rejection(enter('preview').invoke.wait());
    await eventually('it runs', () => ran.length === 1);
    assert.deepEqual(core.capabilities(), [preview as never]);
    assert.isFalse(core.revoke('no-such'));
    assert.isTrue(core.revoke('preview'));
    assert.isFalse(core.revoke('preview'));
    await call;
    assert.deepEqual(core.capabilities(), []);
    const { allowed, reason, name } = decisions.at(-1)!;
    assert.deepEqual([allowed, reason, name], [false, 'revoked', 'wait']);
  });
});

describe('granting', () => {
  it('lets a connected client do at once what it could not', async () => {
    const { core, enter } = createRanch();
    const { invoke } = enter('preview');
    assert.equal((await rejection(invoke.greet({ name: 'x' }))).code, 'NOT_ALLOWED');
    core.grant({ identifier: 'late', clients: ['preview'], invoke: ['greet'] });
    assert.equal(await invoke.greet({ name: 'x' }), 'Hello, x, says preview');
  });

  it('replaces the capability of the same identifier in one step', async () => {
    const { core, enter } = createRanch([preview]);
    const { invoke } = enter('preview');
    core.grant({ identifier: 'preview', clients: ['preview'], invoke: ['notes.add'] });
    await invoke.notes.add('x');
    assert.equal((await rejection(invoke.greet({ name: 'x' }))).code, 'NOT_ALLOWED');
    assert.lengthOf(core.capabilities(), 1);
  });

  it('changes nothing if it is refused', async () => {
    const { core, enter } = createRanch([preview]);
    const { invoke } = enter('preview');
    assert.throws(() => core.grant({ identifier: 'preview', clients: ['preview'], invoke: ['no.such' as 'greet'] }), TypeError, /nothing to invoke/);
    assert.equal(await invoke.greet({ name: 'x' }), 'Hello, x, says preview');
  });

  it('narrows who started the core when it names it, and gives everything back when it is revoked', async () => {
    const { core, enter } = createRanch();
    const { invoke } = enter();
    await invoke.greet({ name: 'x' });
    core.grant({ identifier: 'narrow', clients: ['main'], invoke: ['notes.*'] });
    assert.equal((await rejection(invoke.greet({ name: 'x' }))).code, 'NOT_ALLOWED');
    core.revoke('narrow');
    await invoke.greet({ name: 'x' });
  });
});
