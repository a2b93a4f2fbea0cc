/** One core for many tabs, in a SharedWorker: it serves them all, and notices when one has gone. */
import { assert } from 'chai';
import type { CorralError } from 'corral';
import { atEnd, corralLocks, eventually, open, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { openTab } from './tabs.ts';
import { sharedName, shareWorkshop, type Workshop } from './workshop.ts';

/** A connection from this page to a shared core. */
function here(name: string, options?: Parameters<typeof open>[1]) {
  const connection = open<Workshop>(() => shareWorkshop(name), options);
  // Before the worker is closed, which would start the next one.
  atEnd(connection.close);
  return connection;
}

describe('a core in a SharedWorker', () => {
  it('is one core for all its tabs, each with its own label', async () => {
    const name = sharedName();
    const tab = await openTab();
    const [one, two] = [here(name, { label: 'page' }), tab.connect(name, { label: 'tab' })];
    assert.deepEqual([await one.invoke.count(), await two.invoke.count(), await one.invoke.count()], [1, 2, 3]);
    assert.equal((await one.invoke.stats()).clients, 2);
    two.close();
    await eventually('one of them left', async () => (await one.invoke.stats()).clients === 1);
  });

  it('tells every tab what one of them emits, and what was retained before it came', async () => {
    const name = sharedName();
    const tab = await openTab();
    const [one, two] = [here(name), tab.connect(name)];
    const heard: string[] = [];
    await one.emit('theme', 'dark');
    await two.listen('theme', ({ payload }) => heard.push(payload));
    await one.listen('tick', ({ payload }) => heard.push(`page ${payload}`));
    await two.listen('tick', ({ payload }) => heard.push(`tab ${payload}`));
    await two.emit('tick', 1);
    await eventually('both heard it', () => heard.length === 3);
    assert.sameMembers(heard, ['dark', 'page 1', 'tab 1']);
    two.close();
  });

  it('answers each tab its own calls, though their numbers are the same', async () => {
    const name = sharedName();
    const tabs = await Promise.all([openTab(), openTab()]);
    const connections = [here(name), ...tabs.map((tab) => tab.connect(name))];
    const answers = await Promise.all(connections.map(({ invoke }, from) => Promise.all(Array.from({ length: 100 }, (_, n) => invoke.echo(`${from}-${n}`)))));
    answers.forEach((mine, from) => assert.deepEqual(mine, Array.from({ length: 100 }, (_, n) => `${from}-${n}`)));
    connections.forEach(({ close }) => close());
  });

  it('notices a tab that was closed, aborts its calls and takes it off its books', async () => {
    const name = sharedName();
    const stays = here(name, { label: 'stays' });
    const left: string[] = [];
    await stays.listen('corral:client-left', ({ payload }) => left.push(payload.label));
    const tab = await openTab();
    const goes = tab.connect(name, { label: 'goes' });
    await goes.listen('tick', () => {});
    void goes.invoke.work('of the closed tab').catch(() => {});
    await goes.invoke.ping();
    assert.deepEqual(await stays.invoke.stats(), { clients: 2, calls: 2, listeners: 2, channels: 0, resources: 0, violations: 0 });
    tab.close();
    await eventually('the core noticed', () => left.length > 0);
    assert.deepEqual(left, ['goes']);
    assert.deepEqual(await stays.invoke.aborted(), ['of the closed tab']);
    assert.deepEqual(await stays.invoke.stats(), { clients: 1, calls: 1, listeners: 1, channels: 0, resources: 0, violations: 0 });
  });

  it('notices a tab that went to another page', async () => {
    const name = sharedName();
    const stays = here(name);
    const tab = await openTab();
    const goes = tab.connect(name);
    void goes.invoke.work('of the tab that navigated').catch(() => {});
    await goes.invoke.ping();
    tab.frame.src = '/odd/html.js';
    await eventually('the core noticed', async () => (await stays.invoke.stats()).clients === 1);
    assert.deepEqual(await stays.invoke.aborted(), ['of the tab that navigated']);
  });

  it('notices a tab that was reloaded, and welcomes it again', async () => {
    const name = sharedName();
    const stays = here(name);
    const tab = await openTab();
    void tab.connect(name).invoke.work('before the reload').catch(() => {});
    await eventually('it runs', async () => (await stays.invoke.executions()) === 1);
    tab.window.location.reload();
    await eventually('the core noticed', async () => (await stays.invoke.aborted()).length === 1);
    assert.equal((await stays.invoke.stats()).clients, 1);
  });

  it('is told goodbye by a tab that closes its connection, which may connect again', async () => {
    const name = sharedName();
    const stays = here(name);
    const tab = await openTab();
    const first = tab.connect(name);
    const call = rejection(first.invoke.work('given up'));
    await first.invoke.ping();
    first.close();
    assert.equal((await call).code, 'CONNECTION_LOST');
    await eventually('the core noticed', async () => (await stays.invoke.aborted()).length === 1);
    const second = tab.connect(name);
    assert.equal(await second.invoke.ping(), 'pong');
    second.close();
  });

  it('that closes itself is lost to every tab; with a function as source each finds the next one', async () => {
    const name = sharedName();
    const tab = await openTab();
    const [one, two] = [here(name, { restart: { delay: 100 } }), tab.connect(name, { restart: { delay: 100 } })];
    assert.deepEqual([await one.invoke.count(), await two.invoke.count()], [1, 2]);
    const calls = [rejection(one.invoke.work('a')), rejection(two.invoke.work('b'))];
    await two.invoke.ping();
    void one.invoke.quit().catch(() => {});
    for (const error of (await Promise.all(calls)) as CorralError<'CONNECTION_LOST'>[]) assert.equal(error.code, 'CONNECTION_LOST');
    assert.sameMembers(await Promise.all([one.invoke.count(), two.invoke.count()]), [1, 2]);
    two.close();
  });

  it('that is missing says so', async () => {
    const { invoke } = open<Workshop>(() => new SharedWorker('/odd/missing.js', { type: 'module', name: unique() }), { startTimeout: 3000 });
    const error = (await rejection(invoke.ping())) as CorralError<'CONNECTION_LOST'>;
    assert.equal(error.code, 'CONNECTION_LOST');
    assert.include(['script', 'not-started'], error.details.reason);
  });

  it('serves a tab that is itself a worker, and notices when that ends', async () => {
    const name = sharedName();
    const stays = here(name);
    const worker = new Worker(new URL('./guest.worker.ts', import.meta.url), { type: 'module' });
    const answers: unknown[] = [];
    worker.onmessage = ({ data }) => answers.push(data);
    const shared = shareWorkshop(name);
    worker.postMessage(null, [shared.port]);
    await eventually('it was answered', () => answers.length > 0);
    assert.deepEqual(answers, ['pong']);
    worker.terminate();
    await eventually('the core noticed', async () => (await stays.invoke.aborted()).includes('of a worker'));
  });

  it('leaves no lock of a tab that has gone', async () => {
    const name = sharedName();
    const before = (await corralLocks()).length;
    const connection = here(name);
    const tab = await openTab();
    await tab.connect(name).invoke.ping();
    await connection.invoke.ping();
    tab.close();
    connection.close();
    await eventually('the locks of both are free', async () => (await corralLocks()).filter((lock) => lock.startsWith('corral:client:')).length <= before);
  });
});
