/** What Corral itself says about cores and clients. */
import { assert } from 'chai';
import { command, createCore, event } from 'corral/core';
import * as v from 'valibot';
import { eventually, open, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

describe('corral:core-ready', () => {
  it('comes once, when the first core is up, before the first answer', async () => {
    const { invoke, listen } = open<Workshop>(() => startWorkshop());
    const order: string[] = [];
    await listen('corral:core-ready', ({ event, payload }) => {
      assert.equal(event, 'corral:core-ready');
      assert.match(payload.client, /^[0-9a-z]+(-[0-9a-z]+){3}$/);
      order.push('ready');
    });
    await invoke.ping().then(() => order.push('answer'));
    await invoke.ping();
    assert.deepEqual(order, ['ready', 'answer']);
  });

  it("names the client as the core's handlers know it", async () => {
    const core = createCore({ name: unique(), commands: { whoAmI: command({ handler: (_, { client: { id } }) => id }) } });
    const { invoke, listen } = openInProcess(core);
    let client = '';
    await listen('corral:core-ready', ({ payload }) => (client = payload.client));
    assert.equal(await invoke.whoAmI(), client);
  });
});

describe('corral:core-lost', () => {
  it('says why, and whether another core will come', async () => {
    let worker: Worker | undefined;
    const { invoke, listen } = open<Workshop>(() => (worker = startWorkshop()), { restart: false });
    const lost: { reason: string; message: string; restarting: boolean }[] = [];
    await listen('corral:core-lost', ({ payload }) => lost.push(payload));
    await invoke.ping();
    worker?.terminate();
    await eventually('the loss was reported', () => lost.length > 0);
    assert.deepEqual([lost[0]?.reason, lost[0]?.restarting], ['died', false]);
    assert.isNotEmpty(lost[0]?.message);
  });

  it('comes also when this side closes, to the listeners that it closes', async () => {
    const { invoke, listen, close } = openInProcess(createCore({ name: unique(), commands: { ping: command({ handler: () => 1 }) } }));
    const lost: string[] = [];
    await listen('corral:core-lost', ({ payload }) => lost.push(payload.reason));
    await invoke.ping();
    close();
    close();
    assert.deepEqual(lost, ['ended']);
  });
});

describe('corral:client-joined and corral:client-left', () => {
  it('are heard by the core', async () => {
    const core = createCore({ name: unique() });
    const heard: string[] = [];
    core.listen('corral:client-joined', ({ payload }) => heard.push(`joined ${payload.label}`));
    core.listen('corral:client-left', ({ payload }) => heard.push(`left ${payload.label}`));
    const one = openInProcess(core, { label: 'one' });
    await eventually('one joined', () => heard.length === 1);
    const two = openInProcess(core, { label: 'two' });
    await eventually('two joined', () => heard.length === 2);
    one.close();
    await eventually('one left', () => heard.length === 3);
    two.close();
    await eventually('two left', () => heard.length === 4);
    assert.deepEqual(heard, ['joined one', 'joined two', 'left one', 'left two']);
  });

  it('are heard by other clients, with the same id both times', async () => {
    const core = createCore({ name: unique() });
    const watcher = openInProcess(core, { label: 'watcher' });
    const heard: [string, string, string][] = [];
    await watcher.listen('corral:client-joined', ({ payload }) => heard.push(['joined', payload.label, payload.id]));
    await watcher.listen('corral:client-left', ({ payload }) => heard.push(['left', payload.label, payload.id]));
    const guest = openInProcess(core, { label: 'guest' });
    await eventually('the guest joined', () => heard.some(([what, label]) => what === 'joined' && label === 'guest'));
    guest.close();
    await eventually('the guest left', () => heard.some(([what]) => what === 'left'));
    const ofGuest = heard.filter(([, label]) => label === 'guest');
    assert.deepEqual(ofGuest.map(([what]) => what), ['joined', 'left']);
    assert.equal(ofGuest[0]?.[2], ofGuest[1]?.[2]);
  });

  it('can be said by nobody else: neither a client nor the core may emit them', async () => {
    const core = createCore({ name: unique(), events: { theme: event(v.string()) }, commands: { ping: command({ handler: () => 1 }) } });
    const { emit, emitTo, listen, invoke } = openInProcess(core);
    const heard: unknown[] = [];
    await listen('corral:client-left', ({ payload }) => heard.push(payload));
    const forged = { id: 'x', label: 'y' } as never;
    const attempts = [
      () => emit('corral:client-left' as never, forged),
      () => emitTo('main', 'corral:client-left' as never, forged),
      () => core.emit('corral:client-left' as 'theme', forged),
      () => emit('corral:core-lost' as never, forged),
    ];
    for (const attempt of attempts) await attempt().then(() => assert.fail('It was emitted'), () => {});
    await invoke.ping();
    assert.deepEqual(heard, []);
  });
});

describe('a retained event', () => {
  const themed = () => createCore({ name: unique(), events: { theme: event(v.string(), { retain: true }), plain: event(v.string()) }, commands: { ping: command({ handler: () => 1 }) } });

  it('gives a new listener the last value, exactly once and before anything else', async () => {
    const core = themed();
    await core.emit('theme', 'old');
    await core.emit('theme', 'dark');
    const { listen } = openInProcess(core);
    const heard: string[] = [];
    await listen('theme', ({ payload }) => heard.push(payload));
    assert.deepEqual(heard, ['dark'], 'it is there when listen resolves');
    await core.emit('theme', 'light');
    await eventually('the new one was heard', () => heard.length > 1);
    assert.deepEqual(heard, ['dark', 'light']);
  });

  it('gives nothing where nothing was ever emitted, and nothing where it is not retained', async () => {
    const core = themed();
    await core.emit('plain', 'x');
    const { listen, invoke } = openInProcess(core);
    const heard: string[] = [];
    await listen('theme', ({ payload }) => heard.push(payload));
    await listen('plain', ({ payload }) => heard.push(payload));
    await invoke.ping();
    assert.deepEqual(heard, []);
  });

  it('gives each of many listeners its own copy once, while emits go on', async () => {
    const core = createCore({ name: unique(), events: { n: event(v.number(), { retain: true }) } });
    const { listen, emit } = openInProcess(core);
    await emit('n', -1);
    const heard: number[][] = [];
    for (let n = 0; n < 20; n++) {
      void emit('n', n);
      const mine: number[] = [];
      heard.push(mine);
      void listen('n', ({ payload }) => mine.push(payload));
    }
    await emit('n', 20);
    await eventually('everyone heard the end', () => heard.every((mine) => mine.at(-1) === 20));
    heard.forEach((mine, first) => assert.deepEqual(mine, Array.from({ length: 21 - first }, (_, n) => first + n)));
  });

  it('is given to once, which is then over', async () => {
    const core = themed();
    await core.emit('theme', 'dark');
    const { once, stats } = openInProcess(core);
    const heard: string[] = [];
    await once('theme', ({ payload }) => heard.push(payload));
    await core.emit('theme', 'light');
    await eventually('it is over', () => stats().listeners === 0);
    assert.deepEqual(heard, ['dark']);
  });

  it("is given to a listener of the core's own", async () => {
    const core = themed();
    const heard: string[] = [];
    await core.emit('theme', 'dark');
    core.listen('theme', ({ payload }) => heard.push(payload));
    core.listen('theme', () => assert.fail('It was ended at once'))();
    await eventually('it was heard', () => heard.length > 0);
    await core.emit('theme', 'light');
    assert.deepEqual(heard, ['dark', 'light']);
  });

  it('does not keep what was meant for one label or one client only', async () => {
    const core = themed();
    await core.emit('theme', 'for all');
    const { emitTo, listen } = openInProcess(core);
    await emitTo('main', 'theme', 'for main');
    const heard: string[] = [];
    await listen('theme', ({ payload }) => heard.push(payload));
    assert.deepEqual(heard, ['for all']);
  });

  it('keeps nothing that its schema refused', async () => {
    const core = themed();
    await core.emit('theme', 'good');
    await core.emit('theme', 1 as never).catch(() => {});
    const { listen } = openInProcess(core);
    const heard: string[] = [];
    await listen('theme', ({ payload }) => heard.push(payload));
    assert.deepEqual(heard, ['good']);
  });
});
