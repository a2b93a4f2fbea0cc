/** Who may do what: by default, by name, by group, by a plugin's permissions, and what a denial takes away. */
import { assert } from 'chai';
import { command, createCore, serve } from 'corral/core';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { createRanch } from './ranch.ts';

const main = { identifier: 'main', clients: ['main'], invoke: ['*'], listen: ['*'], emit: ['*'], invite: ['*'] };
const notAllowed = async (promise: Promise<unknown>, reason = 'not-granted'): Promise<void> => {
  const { code, details } = await rejection(promise);
  assert.deepEqual([code, (details as { reason: string } | undefined)?.reason], ['NOT_ALLOWED', reason]);
};

describe('capabilities', () => {
  it('lets who starts the core do everything, and anybody else nothing, while none names them', async () => {
    const { enter } = createRanch();
    const owner = enter();
    assert.equal(await owner.invoke.greet({ name: 'Ada' }), 'Hello, Ada, says main');
    const stranger = enter('stranger');
    await notAllowed(stranger.invoke.greet({ name: 'Ada' }));
    await notAllowed(stranger.listen('news', () => {}));
    await notAllowed(stranger.emit('news', 'x'));
    await notAllowed(stranger.invite({ label: 'friend' }));
  });

  it('gives a label exactly what the capability says that names it', async () => {
    const { enter } = createRanch([{ identifier: 'preview', clients: ['preview'], invoke: ['greet'], listen: ['news'], emit: [] }]);
    const { invoke, listen, emit } = enter('preview');
    assert.equal(await invoke.greet({ name: 'Ada' }), 'Hello, Ada, says preview');
    await listen('news', () => {});
    await notAllowed(invoke.notes.add('x'));
    await notAllowed(listen('secret', () => {}));
    await notAllowed(emit('news', 'x'));
    assert.equal(await enter().invoke.greet({ name: 'x' }), 'Hello, x, says main');
  });

  it('holds also for who starts the core, as soon as a capability names it', async () => {
    const { enter } = createRanch([{ identifier: 'narrow', clients: ['main'], invoke: ['greet'] }]);
    await enter().invoke.greet({ name: 'x' });
    await notAllowed(enter().invoke.notes.add('x'));
  });

  it('knows labels by globs', async () => {
    const { enter } = createRanch([{ identifier: 'preview', clients: ['preview-*', '*:widget'], invoke: ['greet'] }]);
    for (const label of ['preview-1', 'preview-', 'left:widget', ':widget']) await enter(label).invoke.greet({ name: 'x' });
    for (const label of ['preview', 'xpreview-1', 'left:widget2', 'PREVIEW-1']) await notAllowed(enter(label).invoke.greet({ name: 'x' }));
  });

  it('grants a group with everything in it, and nothing beside it', async () => {
    const { enter, ran } = createRanch([{ identifier: 'writer', clients: ['writer'], invoke: ['notes.*'] }]);
    const { invoke } = enter('writer');
    await invoke.notes.add('x');
    await invoke.notes.remove('x');
    assert.deepEqual(ran, ['x', '-x']);
    await notAllowed(invoke.greet({ name: 'x' }));
    const unknown = invoke as unknown as (name: string) => Promise<unknown>;
    assert.equal((await rejection(unknown('notes.clear'))).code, 'COMMAND_NOT_FOUND');
    await notAllowed(unknown('notes'));
    await notAllowed(unknown('notesx.add'));
  });

  it('says the same of what is not granted whether it exists or not', async () => {
    const { enter } = createRanch([{ identifier: 'preview', clients: ['preview'], invoke: ['greet'], deny: { invoke: ['notes.add'] } }]);
    const { invoke } = enter('preview');
    const messages: string[] = [];
    for (const name of ['notes.remove', 'notes.add', 'no.such', 'constructor']) {
      const { message, details } = await rejection((invoke as unknown as (name: string) => Promise<unknown>)(name));
      messages.push(message.replaceAll(name, 'NAME'));
      assert.deepEqual({ ...(details as unknown as object) }, { client: 'preview', action: 'invoke', name, reason: 'not-granted' });
    }
    assert.equal(new Set(messages).size, 1);
  });

  it('lets a denial win over every grant of the same clients, and not over those of others', async () => {
    const { enter } = createRanch([
      { identifier: 'all', clients: ['*'], invoke: ['*'] },
      { identifier: 'careful', clients: ['guest-*'], deny: { invoke: ['notes.*'], emit: ['*'] } },
    ]);
    await notAllowed(enter('guest-1').invoke.notes.add('x'));
    await enter('guest-1').invoke.greet({ name: 'x' });
    await enter('friend').invoke.notes.add('x');
  });

  it("grants a plugin's permissions, its own and one for each command", async () => {
    const { enter } = createRanch([
      { identifier: 'a', clients: ['a'], permissions: ['disk:default'] },
      { identifier: 'b', clients: ['b'], permissions: ['disk:read-only', 'disk:allow-remove'] },
      { identifier: 'c', clients: ['c'], permissions: ['disk:all', 'disk:deny-read'] },
      { identifier: 'd', clients: ['d'], permissions: [{ permission: 'disk:read-only', allow: [{ path: '/public' }] }] },
    ]);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((label) => enter(label)) as [ReturnType<typeof enter>, ReturnType<typeof enter>, ReturnType<typeof enter>, ReturnType<typeof enter>];
    assert.deepEqual(await a.invoke.disk.list(), ['a']);
    await a.listen('disk.changed', () => {});
    await notAllowed(a.invoke.disk.read({ path: '/x' }));
    assert.equal(await b.invoke.disk.read({ path: '/x' }), 'contents of /x');
    await notAllowed(b.invoke.disk.remove({ path: '/x' }));
    assert.equal(await c.invoke.disk.remove({ path: '/x' }), 'removed /x');
    await notAllowed(c.invoke.disk.read({ path: '/x' }));
    assert.equal(await d.invoke.disk.read({ path: '/public/x' }), 'contents of /public/x');
    await notAllowed(d.invoke.disk.read({ path: '/private/x' }), 'out-of-scope');
  });

  it('lets a client hear who comes and goes only if it may', async () => {
    const { enter } = createRanch([
      { identifier: 'watcher', clients: ['watcher'], listen: ['corral:client-joined'] },
      { identifier: 'deaf', clients: ['deaf'], listen: ['news'] },
    ]);
    const heard: string[] = [];
    await enter('watcher').listen('corral:client-joined', ({ payload }) => void heard.push(payload.label));
    await enter('deaf').listen('news', () => {});
    await eventually('it is heard', () => heard.length > 0);
    assert.deepEqual(heard, ['deaf']);
    await notAllowed(enter('deaf').listen('corral:client-joined', () => {}));
  });

  it('audits every yes and no: who, what, why, and by which capability', async () => {
    const { enter, decisions } = createRanch([
      main,
      { identifier: 'preview', clients: ['preview'], invoke: ['greet', { command: 'files.read', allow: [{ path: '/public' }] }], deny: { invoke: ['notes.*'] } },
    ]);
    const { invoke } = enter('preview');
    await invoke.greet({ name: 'x' });
    await invoke.files.read({ path: '/public/a' });
    await rejection(invoke.files.read({ path: '/private' }));
    await rejection(invoke.notes.add('x'));
    await rejection(invoke.wait());
    assert.deepEqual(
      decisions.map(({ allowed, reason, action, name, capability, client }) => [allowed, reason, action, name, capability, client.label]),
      [
        [true, 'granted', 'invoke', 'greet', 'preview', 'preview'],
        [true, 'granted', 'invoke', 'files.read', 'preview', 'preview'],
        [false, 'out-of-scope', 'invoke', 'files.read', 'preview', 'preview'],
        [false, 'denied', 'invoke', 'notes.add', 'preview', 'preview'],
        [false, 'not-granted', 'invoke', 'wait', undefined, 'preview'],
      ],
    );
  });
});

describe('an audit that throws', () => {
  it('changes no decision, and is reported', async () => {
    const errors: unknown[] = [];
    const core = createCore({
      name: unique('audited'),
      commands: { greet: command({ handler: () => 'hello' }), other: command({ handler: () => 'other' }) },
      capabilities: [{ identifier: 'x', clients: ['x'], invoke: ['greet'] }],
      onDecision: () => {
        throw new Error('a broken audit');
      },
      onError: (error) => errors.push(error),
    });
    const { port1, port2 } = new MessageChannel();
    atEnd(serve(core, port1, { label: 'x' }));
    const { invoke } = open<typeof core>(port2);
    assert.equal(await invoke.greet(), 'hello');
    await notAllowed(invoke.other());
    assert.isTrue(core.revoke('x'));
    await notAllowed(invoke.greet());
    assert.lengthOf(errors, 3);
  });
});

describe('a capability that contradicts itself', () => {
  for (const [fault, capability, sentence] of [
    ['names a command that does not exist', { invoke: ['notes.ad'] }, /nothing to invoke: `notes.ad`/],
    ['names a group that does not exist', { invoke: ['note.*'] }, /nothing to invoke: `note.\*`/],
    ['names an event that does not exist', { listen: ['new'] }, /nothing to listen/],
    ['emits what only Corral says', { emit: ['corral:client-left'] }, /nothing to emit/],
    ['names a permission that does not exist', { permissions: ['disk:write'] }, /no permission of a plugin: `disk:write`/],
    ['names a permission of no plugin', { permissions: ['disc:default'] }, /no permission of a plugin/],
    ['names an inherited permission', { permissions: ['disk:constructor'] }, /no permission of a plugin/],
    ['allows a command that the plugin does not have', { permissions: ['disk:allow-write'] }, /nothing to invoke: `disk.write`/],
    ['grants and denies the same', { invoke: ['greet'], deny: { invoke: ['greet'] } }, /both grants and denies `greet`/],
    ['grants the whole and a part', { invoke: ['files.*', { command: 'files.read', allow: [{ path: '/a' }] }] }, /a part of `files.read`, and also the whole/],
    ['limits what has no scope', { invoke: [{ command: 'greet', allow: [{}] }] }, /limits `greet`, which has no scope/],
    ['limits by what the scope does not know', { invoke: [{ command: 'files.read', allow: [{ paht: '/a' }] }] }, /limits `files.read` by what its scope refuses/],
    ['has a field that nobody knows', { comands: ['greet'] }, /`comands` was refused/],
    ['names nobody', { clients: [] }, /`clients` was refused/],
    ['has a label that no client can bear', { clients: ['two words'] }, /`clients.0` was refused/],
  ] as const) {
    it(`is refused with a sentence when it ${fault}`, () => {
      assert.throws(() => createRanch([{ identifier: 'x', clients: ['x'], ...capability }]), TypeError, sentence);
    });
  }

  it('is refused when there are two of one identifier, or when it is none', () => {
    assert.throws(() => createRanch([main, main]), /two capabilities `main`/);
    assert.throws(() => createRanch([{ clients: ['x'] }]), /`identifier` was refused/);
    assert.throws(() => createRanch([null as never]), TypeError);
  });
});
