/** Events that reach the cores of the same name in other tabs: every core judges what it hears there as a stranger's. */
import { assert } from 'chai';
import { createCore, event } from 'corral/core';
import * as v from 'valibot';
import { atEnd, eventually, open, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { openTab } from './tabs.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

/** Two tabs: each with a core of its own, in a worker of its own. */
async function twoTabs() {
  const name = unique();
  const tabs = [open<Workshop>(() => startWorkshop(name)), open<Workshop>(() => startWorkshop(name))] as const;
  await Promise.all(tabs.map(({ invoke }) => invoke.ping()));
  return { name, tabs };
}

describe("an event of scope 'origin'", () => {
  it('is heard by the clients of every core of that name, once', async () => {
    const { tabs } = await twoTabs();
    const heard: string[][] = [[], []];
    await Promise.all(tabs.map(({ listen }, index) => listen('everywhere', ({ payload }) => heard[index]?.push(payload))));
    await tabs[0].emit('everywhere', 'from the first');
    await tabs[1].emit('everywhere', 'from the second');
    await eventually('all was heard', () => heard.flat().length >= 4);
    await Promise.all(tabs.map(({ invoke }) => invoke.ping()));
    for (const mine of heard) assert.sameMembers(mine, ['from the first', 'from the second']);
  });

  it('keeps the order of its emitter in the other tab', async () => {
    const { tabs } = await twoTabs();
    const heard: string[] = [];
    await tabs[1].listen('everywhere', ({ payload }) => heard.push(payload));
    const words = Array.from({ length: 200 }, (_, n) => String(n));
    await Promise.all(words.map((word) => tabs[0].emit('everywhere', word)));
    await eventually('all were heard', () => heard.length === 200);
    assert.deepEqual(heard, words);
  });

  it('is retained in each of them', async () => {
    const { tabs } = await twoTabs();
    const early: string[] = [];
    await tabs[1].listen('remembered', ({ payload }) => early.push(payload));
    await tabs[0].emit('remembered', 'yes');
    await eventually('the other core has it', () => early.length === 1);
    const late: string[] = [];
    await tabs[1].listen('remembered', ({ payload }) => late.push(payload));
    assert.deepEqual(late, ['yes']);
  });

  it('does not carry what is addressed, nor events without that scope', async () => {
    const { tabs } = await twoTabs();
    const heard: unknown[] = [];
    for (const name of ['everywhere', 'tick'] as const) await tabs[1].listen(name, ({ payload }) => heard.push(payload));
    await tabs[0].emitTo('main', 'everywhere', 'addressed');
    await tabs[0].emit('tick', 1);
    await tabs[0].emit('everywhere', 'last');
    await eventually('the last was heard', () => heard.includes('last'));
    assert.deepEqual(heard, ['last']);
  });

  it('reaches the core of a tab that is a page of its own, until that is closed', async () => {
    const name = unique();
    const tab = await openTab();
    const [here, there] = [open<Workshop>(() => startWorkshop(name)), tab.start(name)];
    const heard: string[] = [];
    await there.listen('everywhere', ({ payload }) => heard.push(`there ${payload}`));
    await here.listen('everywhere', ({ payload }) => heard.push(`here ${payload}`));
    await here.emit('everywhere', 'a');
    await eventually('both heard it', () => heard.length === 2);
    await there.emit('everywhere', 'b');
    await eventually('both heard that too', () => heard.length === 4);
    tab.close();
    await here.emit('everywhere', 'c');
    await eventually('it is heard here', () => heard.includes('here c'));
    assert.sameMembers(heard, ['here a', 'there a', 'here b', 'there b', 'here c']);
  });

  it('does not reach a core of another name', async () => {
    const one = open<Workshop>(() => startWorkshop());
    const two = open<Workshop>(() => startWorkshop());
    const heard: string[] = [];
    await two.listen('everywhere', ({ payload }) => heard.push(payload));
    await one.emit('everywhere', 'x');
    await two.emit('everywhere', 'own');
    await eventually('its own was heard', () => heard.length > 0);
    assert.deepEqual(heard, ['own']);
  });
});

describe('what a stranger says on the bus of the origin', () => {
  const messageOf = (name: string, payload: unknown) => ({ jsonrpc: '2.0', method: '$/event', params: { event: name, payload, seq: 1 } });

  it('passes the schema like anything else, and counts as a violation if it does not', async () => {
    const core = createCore({ name: unique(), onError: () => {}, events: { far: event(v.pipe(v.string(), v.maxLength(5)), { scope: 'origin' }), near: event(v.string()) } });
    const heard: unknown[] = [];
    const { listen } = openInProcess(core);
    for (const name of ['far', 'near'] as const) await listen(name, ({ payload }) => heard.push(payload));
    const stranger = new BroadcastChannel(`corral:${core.name}`);
    atEnd(() => stranger.close());
    const bad = [
      messageOf('far', 'much too long'),
      messageOf('far', { length: 1 }),
      messageOf('near', 'not of that scope'),
      messageOf('unknown', 'x'),
      messageOf('__proto__', 'x'),
      null,
      'text',
      { method: '$/event' },
      { method: '$/event', params: { event: {}, payload: 'x' } },
      messageOf('far', JSON.parse('{"__proto__":{}}')),
    ];
    for (const message of bad) stranger.postMessage(message);
    stranger.postMessage(messageOf('far', 'good'));
    await eventually('the good one was heard', () => heard.length > 0);
    assert.deepEqual(heard, ['good']);
    assert.equal(core.stats().violations, bad.length);
  });

  it('is not passed on: one message is heard once, however many cores there are', async () => {
    const name = unique();
    const make = () => createCore({ name, events: { far: event(v.string(), { scope: 'origin' }) } });
    const heard: string[] = [];
    for (const core of [make(), make(), make()]) await openInProcess(core).listen('far', ({ payload }) => heard.push(payload));
    const stranger = new BroadcastChannel(`corral:${name}`);
    atEnd(() => stranger.close());
    stranger.postMessage(messageOf('far', 'x'));
    await eventually('all heard it', () => heard.length >= 3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.lengthOf(heard, 3);
  });

  it('is not heard any more after the core has stopped', async () => {
    const core = createCore({ name: unique(), events: { far: event(v.string(), { scope: 'origin' }) } });
    const heard: string[] = [];
    core.listen('far', ({ payload }) => heard.push(payload));
    const { emit, close } = openInProcess(core);
    await emit('far', 'own');
    close();
    const stranger = new BroadcastChannel(`corral:${core.name}`);
    atEnd(() => stranger.close());
    stranger.postMessage(messageOf('far', 'late'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(heard, ['own']);
  });
});
