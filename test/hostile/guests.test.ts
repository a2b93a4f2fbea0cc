/** What a guest's frame may do beside talking on its link, and what is left of a link when its frame is tampered with. */
import { assert } from 'chai';
import { fromParent, inviteWindow } from 'corral';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { openGuest } from '../support/frames.ts';
import { createRanch, type Ranch } from '../journeys/ranch.ts';
import { workBeside } from './stranger.ts';

const widget = { identifier: 'widget', clients: ['widget'], invoke: ['greet'], listen: ['news'] } as const;
const code = async (promise: Promise<unknown>): Promise<string | undefined> => (await rejection(promise)).code;

async function besiege() {
  const ranch = createRanch([widget]);
  const connection = ranch.enter();
  const unharmed = await workBeside(connection);
  const invite = (guest: Window, origin = 'null'): void => atEnd(inviteWindow(guest, { label: 'widget', origin, connection, onError: () => {} }));
  return { ...ranch, connection, invite, unharmed };
}

describe('a sandboxed guest', () => {
  it('36: has nothing of the origin, and is asked on its link like anybody', async () => {
    const { invite, unharmed } = await besiege();
    const guest = openGuest({ kind: 'sandboxed' });
    invite(guest.window);
    await guest.up;
    assert.deepEqual(await guest.tell('powers'), []);
    assert.equal(await guest.tell('invoke', 'greet', { name: 'x' }), 'Hello, x, says widget');
    assert.equal(await code(guest.tell('invoke', 'notes.add', 'x')), 'NOT_ALLOWED');
    await unharmed();
  });

  it('37: has no link any more when its frame was taken out and made anew without a sandbox', async () => {
    const { core, invite, unharmed } = await besiege();
    const guest = openGuest({ kind: 'sandboxed' });
    invite(guest.window);
    await guest.up;
    await guest.tell('invoke', 'greet', { name: 'x' });
    guest.frame.remove();
    const another = openGuest({ kind: 'same', patience: 5_000 });
    await another.up;
    assert.equal(await code(another.tell('invoke', 'greet', { name: 'x' })), 'CONNECTION_LOST');
    assert.isAtMost(core.stats().clients, 2);
    await unharmed();
  });

  it('37: is not let in again when the same frame is loaded without its sandbox', async () => {
    const { core, invite, unharmed } = await besiege();
    const guest = openGuest({ kind: 'sandboxed' });
    invite(guest.window);
    await guest.up;
    await guest.tell('invoke', 'greet', { name: 'x' });
    guest.frame.removeAttribute('sandbox');
    await guest.reload(5_000);
    assert.equal(await code(guest.tell('invoke', 'greet', { name: 'x' })), 'CONNECTION_LOST');
    assert.isAtMost(core.stats().clients, 2);
    await unharmed();
  });

  it("34: cannot be reached by a page's other windows, nor pass their messages off as its page's", async () => {
    const { core, invite, unharmed } = await besiege();
    const [guest, intruder] = [openGuest({ kind: 'sandboxed' }), openGuest({ kind: 'sandboxed', patience: 5_000 })];
    invite(guest.window);
    await Promise.all([guest.up, intruder.up]);
    await guest.tell('invoke', 'greet', { name: 'x' });
    assert.equal(await code(intruder.tell('invoke', 'greet', { name: 'x' })), 'CONNECTION_LOST');
    assert.equal(await guest.tell('invoke', 'greet', { name: 'y' }), 'Hello, y, says widget');
    assert.equal(core.stats().clients, 2);
    await unharmed();
  });
});

describe('forged messages', () => {
  it('34: a handshake from another window, of another shape or origin lets nobody in', async () => {
    const { core, connection, invite, unharmed } = await besiege();
    const guest = openGuest({ kind: 'same' });
    invite(guest.window, 'https://elsewhere.example');
    await guest.up;
    const forge = (init: MessageEventInit): boolean => dispatchEvent(new MessageEvent('message', init));
    for (const data of [null, undefined, 'enter', 7, { corral: 'enter' }, { corral: { toString: 1 } }, { corral: 'knock' }]) {
      const { port1 } = new MessageChannel();
      forge({ data, source: guest.window, origin: location.origin, ports: [port1] });
      forge({ data, source: window, origin: 'https://elsewhere.example', ports: [port1] });
    }
    await connection.invoke.greet({ name: 'x' });
    assert.equal(core.stats().clients, 1);
    await unharmed();
  });

  it("34: a frame takes no one's word but its own page's", async () => {
    const host = { postMessage: () => posted++ } as unknown as Window;
    let posted = 0;
    const { admit, unharmed } = await besiege();
    const port = fromParent({ origin: 'https://page.example', host })();
    for (const corral of ['ready', 'lost']) {
      for (const origin of ['null', location.origin, 'https://page.example.evil', 'https://page.example']) {
        dispatchEvent(new MessageEvent('message', { data: { corral }, source: window, origin }));
      }
    }
    assert.equal(posted, 1, 'it has only knocked');
    port.close();
    admit('widget').close();
    await unharmed();
  });

  it('34: what is said on a bus of the name alone, or by somebody who guesses, is heard by nobody', async () => {
    const { core, connection, unharmed } = await besiege();
    const heard: string[] = [];
    await connection.listen('secret', ({ payload }) => void heard.push(payload));
    const narrow = open<Ranch>(await connection.invite({ label: 'widget' }));
    await narrow.listen('news', ({ payload }) => void heard.push(payload));
    for (const name of [core.name, `corral:${core.name}`, `corral:${core.name}:`, 'corral', `corral:${core.name}:${crypto.randomUUID()}`]) {
      const bus = new BroadcastChannel(name);
      for (const event of ['secret', 'news']) {
        const message = { jsonrpc: '2.0', method: '$/event', params: { event, payload: 'forged', seq: 1e9 } };
        bus.postMessage(message);
        bus.postMessage([message]);
      }
      bus.close();
    }
    await core.emit('secret', 'true');
    await eventually('the true one is heard', () => heard.includes('true'));
    assert.deepEqual(heard, ['true']);
    await unharmed();
  });
});
