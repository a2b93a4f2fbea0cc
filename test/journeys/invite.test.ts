/** Narrower identities: ports for others, at first and second hand, and how they end. */
import { assert } from 'chai';
import { open, eventually, rejection } from '../support/corral.ts';
import { createRanch, type Ranch } from './ranch.ts';

const guest = { identifier: 'guest', clients: ['guest-*'], invoke: ['greet', 'wait', { command: 'files.read', allow: [{ path: '/public' }] }], listen: ['news'], invite: ['guest-*'] } as const;
const host = { identifier: 'host', clients: ['host'], invoke: ['greet', 'notes.*', 'wait', { command: 'files.read', allow: [{ path: '/' }], deny: [{ path: '/public/secret' }] }], listen: ['*'], invite: ['guest-*'] } as const;
const codeOf = async (promise: Promise<unknown>): Promise<string | undefined> => (await rejection(promise)).code;

describe('an invitation', () => {
  it('hands out a port under the label, whatever the guest says', async () => {
    const { enter } = createRanch([guest]);
    const port = await enter().invite({ label: 'guest-1' });
    const { invoke, emit } = open<Ranch>(port, { label: 'main' });
    assert.equal(await invoke.greet({ name: 'x' }), 'Hello, x, says guest-1');
    assert.equal(await codeOf(invoke.notes.add('x')), 'NOT_ALLOWED');
    assert.equal(await codeOf(emit('news', 'x')), 'NOT_ALLOWED');
  });

  it('is only for the labels that the inviter may invite', async () => {
    const { enter, decisions } = createRanch([guest, host]);
    const { invite } = enter('host');
    await invite({ label: 'guest-1' });
    for (const label of ['main', 'host', 'guest', 'guests-1', 'GUEST-1']) assert.equal(await codeOf(invite({ label })), 'NOT_ALLOWED', label);
    for (const label of ['', 'two words', '*', 'x'.repeat(65)]) assert.equal(await codeOf(invite({ label })), 'MALFORMED_MESSAGE', label);
    assert.isTrue(decisions.some(({ action, name, allowed }) => action === 'invite' && name === 'main' && !allowed));
  });

  it('never gives more than the inviter has, down to the scope', async () => {
    const { enter } = createRanch([{ ...guest, invoke: ['*'], listen: ['*'] }, host]);
    const { invoke, listen } = open<Ranch>(await enter('host').invite({ label: 'guest-1' }));
    await invoke.notes.add('x');
    await listen('secret', () => {});
    assert.equal(await invoke.files.read({ path: '/public/a' }), '/public/a');
    assert.equal(await codeOf(invoke.files.read({ path: '/public/secret/a' })), 'NOT_ALLOWED');
    assert.equal(await codeOf(invoke.files.list({ path: '/' })), 'NOT_ALLOWED');
  });

  it('gives less at once when the inviter has less', async () => {
    const { core, enter } = createRanch([guest, host]);
    const { invoke } = open<Ranch>(await enter('host').invite({ label: 'guest-1' }));
    await invoke.greet({ name: 'x' });
    const call = rejection(invoke.wait());
    await invoke.greet({ name: 'x' });
    core.grant({ ...host, invoke: ['notes.*'] });
    assert.equal((await call).code, 'NOT_ALLOWED');
    assert.equal(await codeOf(invoke.greet({ name: 'x' })), 'NOT_ALLOWED');
  });

  it('works at second hand, with what both inviters have', async () => {
    const { enter } = createRanch([guest, host, { identifier: 'inner', clients: ['guest-1-*'], invoke: ['notes.*', 'files.*'], listen: ['*'] }]);
    const outer = open<Ranch>(await enter('host').invite({ label: 'guest-1' }));
    const inner = open<Ranch>(await outer.invite({ label: 'guest-1-a' }));
    assert.equal(await inner.invoke.greet({ name: 'x' }), 'Hello, x, says guest-1-a');
    assert.equal(await codeOf(inner.invoke.notes.add('x')), 'NOT_ALLOWED');
    assert.equal(await inner.invoke.files.read({ path: '/public/a' }), '/public/a');
    for (const path of ['/private', '/public/secret/a']) assert.equal(await codeOf(inner.invoke.files.read({ path })), 'NOT_ALLOWED');
    assert.equal(await codeOf(inner.listen('secret', () => {})), 'NOT_ALLOWED');
    await inner.listen('news', () => {});
    assert.equal(await codeOf(outer.invite({ label: 'main' })), 'NOT_ALLOWED');
  });

  it('has an end: each client may hand out so many, and each step down a quarter of that', async () => {
    const { enter } = createRanch([guest], { links: 4 });
    const owner = enter();
    const ports = await Promise.all(['1', '2', '3', '4'].map((n) => owner.invite({ label: `guest-${n}` })));
    assert.equal(await codeOf(owner.invite({ label: 'guest-5' })), 'OVERLOADED');
    const second = open<Ranch>(ports[0]!);
    const third = open<Ranch>(await second.invite({ label: 'guest-a' }));
    assert.equal(await codeOf(second.invite({ label: 'guest-b' })), 'OVERLOADED');
    assert.equal(await codeOf(third.invite({ label: 'guest-c' })), 'OVERLOADED');
    second.close();
    await eventually('there is room again', () => owner.invite({ label: 'guest-5' }).then(() => true, () => false));
  });

  it('ends when its signal aborts, and with its inviter', async () => {
    const { core, enter } = createRanch([guest]);
    const owner = enter();
    const controller = new AbortController();
    const [first, second] = [open<Ranch>(await owner.invite({ label: 'guest-1', signal: controller.signal })), open<Ranch>(await owner.invite({ label: 'guest-2' }))];
    const inner = open<Ranch>(await second.invite({ label: 'guest-3' }));
    const calls = [first, second, inner].map(({ invoke }) => rejection(invoke.wait()));
    await eventually('all call', () => core.stats().calls === 3);
    controller.abort();
    assert.equal((await calls[0]!).code, 'CONNECTION_LOST');
    await second.invoke.greet({ name: 'x' });
    owner.close();
    for (const call of calls) assert.equal((await call).code, 'CONNECTION_LOST');
    await eventually('nobody is left', () => core.stats().clients === 0);
  });

  it('ends with NOT_ALLOWED when the right to invite is revoked', async () => {
    const { core, enter } = createRanch([guest, host]);
    const { invoke, listen } = open<Ranch>(await enter('host').invite({ label: 'guest-1' }));
    const ended: unknown[] = [];
    await listen('news', () => {}, { onEnd: (error) => ended.push((error as { code: string }).code) });
    const waiting = rejection(invoke.wait());
    await invoke.greet({ name: 'x' });
    core.grant({ ...host, invite: [] });
    assert.equal((await waiting).code, 'NOT_ALLOWED');
    const { code, details, message } = await rejection(invoke.greet({ name: 'x' }));
    assert.deepEqual([code, (details as { reason: string } | undefined)?.reason], ['NOT_ALLOWED', 'revoked'], message);
    assert.deepEqual(ended, ['NOT_ALLOWED']);
    assert.equal(core.stats().clients, 1);
  });

  it('tells the core who came and who left', async () => {
    const { core, enter } = createRanch([guest]);
    const seen: string[] = [];
    core.listen('corral:client-joined', ({ payload }) => void seen.push(`+${payload.label}`));
    core.listen('corral:client-left', ({ payload }) => void seen.push(`-${payload.label}`));
    const owner = enter();
    const visitor = open<Ranch>(await owner.invite({ label: 'guest-1' }));
    await visitor.invoke.greet({ name: 'x' });
    visitor.close();
    await eventually('it has left', () => seen.length === 3);
    assert.deepEqual(seen, ['+main', '+guest-1', '-guest-1']);
  });
});

describe('a label that a starter of the core claims', () => {
  it('is free while nothing names `main`, and gives what capabilities say of it', async () => {
    const { claim } = createRanch([{ identifier: 'viewer', clients: ['viewer'], invoke: ['greet'] }]);
    assert.equal(await claim('editor').invoke.greet({ name: 'x' }), 'Hello, x, says editor');
    const viewer = claim('viewer');
    assert.equal(await viewer.invoke.greet({ name: 'x' }), 'Hello, x, says viewer');
    assert.equal(await codeOf(viewer.invoke.notes.add('x')), 'NOT_ALLOWED');
  });

  it('is one that `main` may invite, as soon as a capability names `main`, and never has more', async () => {
    const { claim } = createRanch([
      { identifier: 'main', clients: ['main'], invoke: ['greet'], invite: ['panel'] },
      { identifier: 'admin', clients: ['admin'], invoke: ['*'] },
      { identifier: 'panel', clients: ['panel'], invoke: ['*'] },
    ]);
    for (const label of ['admin', 'anything', 'Main']) {
      const { code, details } = await rejection(claim(label).invoke.greet({ name: 'x' }));
      assert.deepEqual([code, (details as { reason: string } | undefined)?.reason], ['CONNECTION_REFUSED', 'label']);
    }
    const panel = claim('panel');
    assert.equal(await panel.invoke.greet({ name: 'x' }), 'Hello, x, says panel');
    assert.equal(await codeOf(panel.invoke.notes.add('x')), 'NOT_ALLOWED');
  });
});
