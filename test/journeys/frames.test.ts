/** Guests in frames: sandboxed, of another origin, inside each other; only exactly the right page and the right frame meet. */
import { assert } from 'chai';
import { inviteWindow } from 'corral';
import { atEnd, eventually, rejection } from '../support/corral.ts';
import { openGuest, originOf, type Guest } from '../support/frames.ts';
import { otherOrigin } from '../support/origins.ts';
import { createRanch } from './ranch.ts';

const widget = { identifier: 'widget', clients: ['widget*'], invoke: ['greet'], listen: ['news'], invite: ['widget-*'] } as const;
const code = async (promise: Promise<unknown>): Promise<string | undefined> => (await rejection(promise)).code;

function invited(kind: 'sandboxed' | 'other' | 'same', guest: Guest = openGuest({ kind })) {
  const ranch = createRanch([widget]);
  const connection = ranch.enter();
  const stop = inviteWindow(guest.window, { label: 'widget', origin: originOf(kind), connection });
  atEnd(stop);
  return { ...ranch, connection, guest, stop };
}

for (const kind of ['sandboxed', 'other', 'same'] as const) {
  describe(`a frame that is ${kind === 'other' ? 'of another origin' : kind === 'same' ? 'of the same origin' : kind}`, () => {
    it('is let in under its label, and may do what that may', async () => {
      const { guest } = invited(kind);
      await guest.up;
      assert.equal(await guest.tell('invoke', 'greet', { name: 'x' }), 'Hello, x, says widget');
      assert.equal(await code(guest.tell('invoke', 'notes.add', 'x')), 'NOT_ALLOWED');
      assert.equal(await code(guest.tell('invoke', 'no.such', 'x')), 'NOT_ALLOWED');
    });

    it('is let in also if the page invites it late', async () => {
      const guest = openGuest({ kind });
      await guest.up;
      const call = guest.tell('invoke', 'greet', { name: 'x' });
      invited(kind, guest);
      assert.equal(await call, 'Hello, x, says widget');
    });

    it('hears over its link exactly what it may hear', async () => {
      const { core, guest } = invited(kind);
      await guest.up;
      await guest.tell('listen', 'news');
      assert.equal(await code(guest.tell('listen', 'secret')), 'NOT_ALLOWED');
      await core.emit('secret', 'no');
      await core.emit('news', 'yes');
      await core.emitTo('widget', 'secret', 'no');
      await core.emitTo('widget', 'news', 'you');
      await eventually('it hears the news', async () => (await guest.tell<unknown[]>('heard')).length === 3);
      assert.deepEqual(await guest.tell('heard'), ['NOT_ALLOWED', 'yes', 'you']);
    });

    it('comes in again after a reload, and its old link is ended', async () => {
      const { core, guest } = invited(kind);
      await guest.up;
      await guest.tell('invoke', 'greet', { name: 'x' });
      await guest.reload();
      assert.equal(await guest.tell('invoke', 'greet', { name: 'y' }), 'Hello, y, says widget');
      await eventually('only page and guest are left', () => core.stats().clients === 2);
    });

    it('is sent away when the page stops inviting it', async () => {
      const { core, guest, stop } = invited(kind);
      await guest.up;
      await guest.tell('invoke', 'greet', { name: 'x' });
      stop();
      await eventually('it has gone', () => core.stats().clients === 1);
    });
  });
}

describe('a frame in a frame', () => {
  it('is let in at second hand, sandboxed like the first, and never has more', async () => {
    const { guest } = invited('sandboxed');
    await guest.up;
    await guest.tell('nest', 'widget-inner');
    assert.equal(await guest.tell('inner', 'invoke', 'greet', { name: 'x' }), 'Hello, x, says widget-inner');
    assert.equal(await code(guest.tell('inner', 'invoke', 'notes.add', 'x')), 'NOT_ALLOWED');
  });

  it('is refused if its label is none that the first may hand out, and told so', async () => {
    const { guest } = invited('sandboxed');
    await guest.up;
    await guest.tell('nest', 'main');
    assert.equal(await code(guest.tell('inner', 'invoke', 'greet', { name: 'x' })), 'NOT_ALLOWED');
  });
});

describe('origins', () => {
  it('must be exact: a frame of another origin than expected is not answered', async () => {
    const { enter } = createRanch([widget]);
    const guest = openGuest({ kind: 'other', patience: 5_000 });
    await guest.up;
    for (const origin of [location.origin, 'null', otherOrigin().replace('localhost', '127.0.0.1')]) {
      atEnd(inviteWindow(guest.window, { label: 'widget', origin, connection: enter() }));
    }
    assert.equal(await code(guest.tell('invoke', 'greet', { name: 'x' })), 'CONNECTION_LOST');
  });

  it('must be exact: a frame that expects another page does not answer this one', async () => {
    const { guest } = invited('sandboxed', openGuest({ kind: 'sandboxed', host: otherOrigin(), patience: 5_000 }));
    await guest.up;
    assert.equal(await code(guest.tell('invoke', 'greet', { name: 'x' })), 'CONNECTION_LOST');
  });

  it('takes no wildcard, no path, no URL', () => {
    const connection = createRanch().enter();
    for (const origin of ['*', '/', '', 'https://example.org/', 'https://example.org/x', 'example.org', 'https://example.org:443', undefined as never]) {
      assert.throws(() => inviteWindow(window, { label: 'widget', origin, connection }), TypeError, /origin takes exactly one/);
    }
  });
});
