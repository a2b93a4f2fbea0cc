/** Too much of what is allowed: calls, messages, bytes, listeners. One client's excess is its own. */
import { assert } from 'chai';
import { eventually, open, rejection } from '../support/corral.ts';
import { createRanch, type Ranch } from '../journeys/ranch.ts';
import type { Gate } from '../support/cores/gate.core.ts';
import { startGate, strangerAt, workBeside } from './stranger.ts';

const all = { identifier: 'all', clients: ['guest-*'], invoke: ['*'], listen: ['*'], emit: ['*'] } as const;
const request = (id: number, method = 'greet', params: unknown = { name: 'x' }) => ({ jsonrpc: '2.0', id, method, params });

describe('a flood', () => {
  it('40: of 100,000 calls that nobody awaits settles every one of them: answered, or OVERLOADED at once', async function () {
    this.timeout(300_000);
    const { core, enter, admit } = createRanch([all]);
    const unharmed = await workBeside(enter());
    const { invoke } = open<Ranch>(admit('guest-1'));
    const settled = await Promise.allSettled(Array.from({ length: 100_000 }, () => invoke.greet({ name: 'x' })));
    const codes = new Map<string, number>();
    for (const one of settled) {
      const code = one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    assert.includeMembers(['Hello, x, says guest-1', 'OVERLOADED'], [...codes.keys()]);
    assert.equal([...codes.values()].reduce((sum, count) => sum + count), 100_000);
    assert.equal(core.stats().violations, 0);
    await unharmed();
  });

  it('40: of calls that wait is cut at the limit, and each beyond it told so', async () => {
    const { core, enter, admit } = createRanch([all], { calls: 100 });
    const unharmed = await workBeside(enter());
    const guest = open<Ranch>(admit('guest-1'));
    const codes = new Set<unknown>();
    const settled = Array.from({ length: 1_000 }, () => guest.invoke.wait().catch(({ code }) => codes.add(code)));
    await eventually('the rest is refused', () => guest.stats().calls === 100);
    assert.deepEqual([...codes], ['OVERLOADED']);
    assert.equal((await rejection(guest.invoke.greet({ name: 'x' }))).code, 'OVERLOADED');
    guest.close();
    await Promise.all(settled);
    await eventually('its calls are gone', () => core.stats().calls <= 1);
    await unharmed();
  });

  it('41: of raw messages is answered with OVERLOADED as soon as the rate is passed, and ends with its link', async () => {
    const { core, enter, admit } = createRanch([all], { rate: 2_000, burst: 2_000 });
    const unharmed = await workBeside(enter());
    const stranger = strangerAt(admit('guest-1'));
    for (let id = 0; id < 200_000; id += 1_000) stranger.post(Array.from({ length: 1_000 }, (_, index) => request(id + index)));
    assert.equal(await stranger.dismissed(), 'rate');
    const refused = stranger.heard.find(({ error }) => error);
    assert.deepEqual(refused?.error?.data, { code: 'OVERLOADED', details: { limit: 'rate', allowed: 2_000 } });
    assert.equal(core.stats().clients, 1);
    await unharmed();
  });

  it('41: has a rate of its own for each client, and a rest fills it again', async () => {
    const { enter, admit } = createRanch([all], { rate: 250, burst: 100 });
    const [one, two] = [open<Ranch>(admit('guest-1')), open<Ranch>(admit('guest-2'))];
    const settled = await Promise.allSettled(Array.from({ length: 300 }, () => one.invoke.greet({ name: 'x' })));
    assert.isTrue(settled.some(({ status }) => status === 'rejected'));
    await two.invoke.greet({ name: 'x' });
    await enter().invoke.greet({ name: 'x' });
    await eventually('it may go on', () => one.invoke.greet({ name: 'x' }).then(() => true, () => false));
  });

  it('41: of violations ends with its link, however little the client may do', async () => {
    const { core, enter, admit } = createRanch([all]);
    const unharmed = await workBeside(enter());
    const stranger = strangerAt(admit('nobody'));
    for (let index = 0; index < 100_000; index++) stranger.post({ jsonrpc: '2.0', nothing: index });
    assert.equal(await stranger.dismissed(), 'violations');
    assert.isBelow(core.stats().violations, 60);
    await unharmed();
  });

  it('42: of 500 MB to a core that is busy waits in its client but for the first 16 MB, and is answered in order', async function () {
    this.timeout(300_000);
    const admit = startGate();
    const neighbour = open<Gate>(admit());
    const port = admit('guest');
    const size = 10 * 1024 * 1024;
    let [posted, answered, most] = [0, 0, 0];
    const post = port.postMessage.bind(port) as (message: unknown, transfer: Transferable[]) => void;
    port.postMessage = (message: unknown, transfer?: unknown) => {
      for (const one of [message].flat()) if ((one as { method?: string }).method === 'measure') posted++;
      most = Math.max(most, posted - answered);
      post(message, (transfer ?? []) as Transferable[]);
    };
    const guest = open<Gate>(port);
    await guest.invoke.greet({ name: 'x' });
    const busy = neighbour.invoke.busy(300);
    const calls = Array.from({ length: 50 }, async () => {
      const bytes = new ArrayBuffer(size);
      const measured = await guest.invoke.measure({ bytes }, { transfer: [bytes] });
      answered++;
      return measured;
    });
    await busy;
    assert.deepEqual(await Promise.all(calls), calls.map(() => size));
    // The two of one window, and those whose answers lay in one frame with what let the next ones go.
    assert.isAtMost(most, 4);
    assert.deepInclude(await neighbour.invoke.stats(), { clients: 2, violations: 0 });
  });

  it('42: of megabytes to a busy core is judged when it can be: too long is refused, the rest answered, nothing lost', async function () {
    this.timeout(300_000);
    const admit = startGate();
    const neighbour = open<Gate>(admit());
    const guest = open<Gate>(admit('guest'));
    await guest.invoke.greet({ name: 'x' });
    const busy = neighbour.invoke.busy(300);
    const [long, short] = ['x'.repeat(2_000_000), 'y'.repeat(1_000)];
    const calls = Array.from({ length: 32 }, (_, index) => guest.invoke.take(index % 2 ? short : long));
    const after = neighbour.invoke.greet({ name: 'neighbour' });
    await busy;
    assert.equal(await after, 'Hello, neighbour!');
    const settled = await Promise.allSettled(calls);
    settled.forEach((one, index) => {
      if (index % 2) assert.deepEqual(one, { status: 'fulfilled', value: 1_000 });
      else assert.deepInclude((one as PromiseRejectedResult).reason.details, { limit: 'stringLength', allowed: 1_000_000 });
    });
    assert.deepInclude(await neighbour.invoke.stats(), { clients: 2, violations: 0 });
  });
});

describe('a listener that does not listen', () => {
  it('44: in a page that has gone into the cache is no listener any more, and gets the last value when it comes back', async () => {
    const { core, admit } = createRanch([all]);
    const guest = open<Ranch>(() => admit('guest-1'));
    const heard: string[] = [];
    await guest.listen('theme', ({ payload }) => void heard.push(payload));
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    await eventually('the core has let go of it', () => core.stats().listeners === 0);
    for (let n = 0; n < 1_000; n++) await core.emit('theme', String(n));
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await eventually('it hears the last value', () => heard.length > 0);
    assert.deepEqual(heard, ['999']);
  });
});

describe('a fan-out', () => {
  it('47: of 1,000 kinds of event to 100 clients keeps the order of each, and does not wait for one that never reads', async function () {
    this.timeout(300_000);
    const { core, admit } = createRanch([all], { listeners: 2_000 });
    const sleeper = admit('guest-asleep');
    for (let n = 0; n < 100; n++) sleeper.postMessage({ jsonrpc: '2.0', id: n, method: '$/listen', params: { event: 'news', listener: n } });
    const heard = new Map<number, string[]>();
    const guests = Array.from({ length: 100 }, (_, n) => open<Ranch>(admit(`guest-${n}`)));
    await Promise.all(
      guests.map(async ({ listen }, n) => {
        const mine: string[] = [];
        heard.set(n, mine);
        for (const event of ['news', 'theme', 'disk.changed'] as const) await listen(event, ({ payload }) => void mine.push(`${event} ${payload}`));
      }),
    );
    const said: string[] = [];
    for (let kind = 0; kind < 1_000; kind++) {
      const event = (['news', 'theme', 'disk.changed'] as const)[kind % 3]!;
      said.push(`${event} ${kind}`);
      void core.emit(event, String(kind));
    }
    await eventually('all have heard all', () => [...heard.values()].every(({ length }) => length === 1_000), 250_000);
    for (const mine of heard.values()) assert.deepEqual(mine, said);
    sleeper.close();
  });
});
