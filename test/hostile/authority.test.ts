/** Attacks on who may do what: names, forged identities, other people's ids, stolen labels, replays. */
import { assert } from 'chai';
import { open, eventually, rejection } from '../support/corral.ts';
import { createRanch, type Ranch } from '../journeys/ranch.ts';
import { strangerAt, workBeside } from './stranger.ts';

const widget = { identifier: 'widget', clients: ['widget'], invoke: ['greet', { command: 'files.read', allow: [{ path: '/public' }] }], listen: ['news'], invite: ['widget-*'] } as const;
const worker = { identifier: 'worker', clients: ['neighbour'], invoke: ['greet'], listen: ['news'], emit: ['news'] } as const;

async function besiege(capabilities: readonly object[] = [widget], limits: object = { violations: 1_000 }) {
  const ranch = createRanch(capabilities, limits);
  return { ...ranch, stranger: strangerAt(ranch.admit('widget')), unharmed: await workBeside(ranch.enter()) };
}

describe('a client that may do little', () => {
  it('4: is told the same of every name that it may not invoke, listen to or emit', async () => {
    const { stranger, core, unharmed } = await besiege();
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'then', '', ' ', 'greet ', 'greet.', 'GREET', 'greet\0', '\ud800', 'ｇreet', 'x'.repeat(1_000_000), 'notes.add', 'wait', 'no.such', '*', 'notes.*', 'disk:all'];
    for (const name of names) {
      const { error } = await stranger.ask(name, { name: 'Ada' });
      const message = `Client \`widget\` may not invoke \`${name.slice(0, 80)}\`: not granted. A capability of the core has to allow it.`;
      assert.deepEqual(error, { code: -32001, message, data: { code: 'NOT_ALLOWED', details: { client: 'widget', action: 'invoke', name: name.slice(0, 80), reason: 'not-granted' } } });
      assert.equal(await stranger.code('$/listen', { event: name, listener: 1 }), 'NOT_ALLOWED');
      assert.equal(await stranger.code('$/emit', { event: name, payload: 1 }), 'NOT_ALLOWED');
    }
    assert.equal(core.stats().violations, 0);
    await unharmed();
  });

  it('4: is told nothing of what a schema would say to others', async () => {
    const { stranger, unharmed } = await besiege();
    assert.equal(await stranger.code('notes.add', 7), 'NOT_ALLOWED');
    assert.equal(await stranger.code('$/emit', { event: 'news', payload: 7 }), 'NOT_ALLOWED');
    await unharmed();
  });

  it('14: loses every port that nobody asked for, and an invitation takes only the one that it names', async () => {
    const { stranger, core, unharmed } = await besiege();
    const [one, two, three] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
    stranger.post({ jsonrpc: '2.0', method: '$/listen', params: { event: 'news', listener: 1, port: one.port1 } }, [one.port1]);
    stranger.post({ jsonrpc: '2.0', method: '$/invite', params: { label: 'widget-1', port: two.port1, also: three.port1 } }, [two.port1, three.port1]);
    for (const params of [{ label: 'widget-1' }, { label: 'widget-1', port: 'x' }, { label: 'widget-1', port: { postMessage: 1 } }, { port: 1 }, { label: ['widget-1'] }, null, [], 'widget-1']) {
      assert.equal(await stranger.code('$/invite', params), 'MALFORMED_MESSAGE');
    }
    assert.equal(core.stats().violations, 10);
    await unharmed();
  });

  it('26: reaches no call, listener or guest of another client by its id', async () => {
    const { core, enter, stranger, ran, aborted, unharmed } = await besiege();
    const owner = enter();
    const guest = open<Ranch>(await owner.invite({ label: 'widget' }));
    assert.equal(await guest.invoke.greet({ name: 'x' }), 'Hello, x, says widget');
    const waiting = rejection(owner.invoke.wait());
    const heard: string[] = [];
    await owner.listen('theme', ({ payload }) => void heard.push(payload));
    await eventually('it runs', () => ran.includes('wait'));
    for (let id = 0; id < 50; id++) {
      stranger.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } });
      stranger.post({ jsonrpc: '2.0', method: '$/unlisten', params: { listener: id } });
      stranger.post({ jsonrpc: '2.0', method: '$/bye', params: { link: id } });
    }
    await stranger.ask('$/ping');
    await owner.emit('theme', 'dark');
    await eventually('it is heard', () => heard.length === 1);
    assert.deepEqual(aborted, []);
    await guest.invoke.greet({ name: 'x' });
    owner.close();
    assert.equal((await waiting).code, 'CONNECTION_LOST');
    await eventually('its call was the only one', () => aborted.length === 1 && core.stats().clients === 1);
    await unharmed();
  });
});

describe('forged identity', () => {
  it('31: is ignored wherever a message carries it', async () => {
    const { stranger, ran, unharmed } = await besiege();
    const forged = { client: 'main', label: 'main', origin: location.origin, owner: true, identity: { label: 'main', owner: true }, who: { owner: true }, capabilities: [{ identifier: 'x', clients: ['widget'], invoke: ['*'] }], caps: ['*'] };
    assert.equal(await stranger.code('notes.add', 'x', { ...forged, headers: { client: 'main', label: 'main' } }), 'NOT_ALLOWED');
    await stranger.hello({ ...forged, bus: true });
    assert.equal(await stranger.code('notes.add', 'x', forged), 'NOT_ALLOWED');
    assert.equal(await stranger.code('$/emit', { event: 'news', payload: 'x', ...forged }), 'NOT_ALLOWED');
    assert.equal(await stranger.code('$/listen', { event: 'secret', listener: 1, ...forged }), 'NOT_ALLOWED');
    assert.equal((await stranger.ask('greet', { name: 'x' })).result, 'Hello, x, says widget');
    assert.deepEqual(ran, []);
    await unharmed();
  });

  it('31: tells a client that a capability limits nothing of the bus, and feeds it over its link', async () => {
    const { enter, stranger, unharmed } = await besiege([widget, { ...worker, clients: ['widget'], identifier: 'all', listen: ['*'] }]);
    const { result } = await stranger.hello();
    assert.isUndefined((result as { bus?: string }).bus);
    assert.equal(await stranger.code('$/listen', { event: 'news', listener: 1 }), 'result');
    await enter().emit('news', 'x');
    await eventually('it is fed over its link', () => stranger.heard.some(({ method }) => method === '$/event'));
    await unharmed();
  });

  it('33: gives a stranger on its own link no privileged label, neither named nor guessed', async () => {
    const admin = { identifier: 'admin', clients: ['admin'], invoke: ['*'], listen: ['*'], emit: ['*'] };
    const main = { identifier: 'main', clients: ['main'], invoke: ['greet'], emit: ['news'], listen: ['news'] };
    const { core, admit, unharmed, ran } = await besiege([widget, admin, main]);
    for (const label of ['admin', 'root', 'Main', 'main ', 'widget', '*', 'a*', '', null, ['main'], { toString: 'main' }]) {
      const stranger = strangerAt(admit());
      const { error } = await stranger.hello({ label });
      assert.equal(error?.data?.code, 'CONNECTION_REFUSED', JSON.stringify(label));
      assert.equal(await stranger.code('notes.add', 'x'), 'NOT_ALLOWED');
    }
    assert.deepEqual(ran, []);
    assert.equal(core.stats().clients, 1);
    await unharmed();
  });

  it('33: gives nothing to whom no capability names, on a link whose label the core has fixed', async () => {
    const { admit, unharmed } = await besiege();
    const stranger = strangerAt(admit('page'));
    await stranger.hello({ label: 'main' });
    assert.equal(await stranger.code('greet', { name: 'x' }), 'NOT_ALLOWED');
    await unharmed();
  });

  it('35: judges what was captured on one link by the link on which it is replayed', async () => {
    const { admit, stranger, ran, unharmed } = await besiege();
    const owner = strangerAt(admit());
    await owner.hello({ label: 'main' });
    const captured = [
      { jsonrpc: '2.0', id: 'captured', method: 'notes.add', params: 'x' },
      { jsonrpc: '2.0', id: 'emitted', method: '$/emit', params: { event: 'news', payload: 'x' } },
    ];
    for (const message of captured) owner.post(message);
    await owner.ask('$/ping');
    assert.deepEqual(ran, ['x']);
    for (const message of captured) stranger.post(message);
    await stranger.ask('$/ping');
    assert.deepEqual(stranger.heard.filter(({ error }) => error).map(({ id, error }) => [id, error?.data?.code]), [['captured', 'NOT_ALLOWED'], ['emitted', 'NOT_ALLOWED']]);
    assert.deepEqual(ran, ['x']);
    await unharmed();
  });
});

describe('what was revoked', () => {
  it('32: stays revoked for a client that goes on as if it were not', async () => {
    const { core, enter, stranger, unharmed } = await besiege();
    await stranger.hello();
    await stranger.ask('$/listen', { event: 'news', listener: 1 });
    core.revoke('widget');
    await enter().emit('news', 'after');
    assert.equal(await stranger.code('$/listen', { event: 'news', listener: 2 }), 'NOT_ALLOWED');
    assert.equal(await stranger.code('greet', { name: 'x' }), 'NOT_ALLOWED');
    assert.deepEqual(stranger.heard.filter(({ method }) => method).map(({ method }) => method), ['$/unlisten']);
    await unharmed();
  });

  it('32: ends in the turn of the revocation, before anything further is heard', async () => {
    const { core, stranger, unharmed } = await besiege();
    await stranger.hello();
    await stranger.ask('$/listen', { event: 'news', listener: 1 });
    void core.emit('news', 'before');
    core.revoke('widget');
    void core.emit('news', 'after');
    await stranger.ask('$/ping');
    assert.deepEqual(stranger.heard.filter(({ method }) => method).map(({ method, params }) => [method, params?.['payload']]), [['$/event', 'before'], ['$/unlisten', undefined]]);
    await unharmed();
  });
});
