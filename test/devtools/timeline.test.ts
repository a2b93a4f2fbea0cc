/** The timeline says what happened: each call, event, stream and resource, with its outcome, and what is open goes back to zero. */
import { assert } from 'chai';
import { Channel, connect, release } from 'corral';
import { createCore, command } from 'corral/core';
import type { CorralInspector } from 'corral/devtools';
import 'corral/devtools';
import { atEnd, eventually, openInProcess, rejection } from '../support/corral.ts';
import { createWorkshop, lineOf, show, told } from './support.ts';

const NOTHING = { calls: 0, listeners: 0, channels: 0, streams: 0, resources: 0 };

/** Whether the core has answered that it tells the client on the bus from now on. */
function toldOnBus(inspector: CorralInspector): boolean {
  const lines = inspector.transcript().split('\n').filter(Boolean).map((line) => JSON.parse(line) as { client: string; message: { id?: unknown; params?: { greeted?: boolean }; result?: unknown } });
  const own = lines.filter(({ client }) => client === 'main').map(({ message }) => message);
  const asked = own.find(({ params }) => params?.greeted);
  return asked !== undefined && own.some(({ id, result }) => id === asked.id && result !== undefined);
}

describe('the timeline', () => {
  it('has a call with its arguments, its answer, its headers, its size and its time', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    await invoke.greet({ name: 'Ada' }, { headers: { trace: '7' } });
    const line = lineOf(inspector, 'greet');
    assert.deepInclude(line, { outcome: 'done', input: { name: 'Ada' }, answer: 'Hello, Ada!', headers: { trace: '7' }, bytesAreExact: true });
    assert.isAbove(line.bytes, 20);
    assert.isBelow(line.bytes, 80);
    assert.isAtLeast(line.milliseconds as number, 0);
    assert.deepInclude(lineOf(inspector, 'greet', 'call', 'main (core)'), { outcome: 'done', answer: 'Hello, Ada!' });
  });

  it('says of a connection what core it reached, and of a refused one why not', async () => {
    const inspector = show();
    const core = createWorkshop();
    const { invoke } = openInProcess(core, { label: 'main' });
    await invoke.greet({ name: 'Ada' });
    const other = openInProcess(createWorkshop(), { label: 'other', version: '2' });
    await rejection(other.invoke.greet({ name: 'Ada' }));
    const [first, second] = (inspector.toJSON() as ReturnType<typeof told>).filter(({ what, client }) => what === 'connect' && !client.includes('core'));
    assert.deepInclude(first, { name: 'main', outcome: 'done', sentence: 'Welcomed by the core `workshop`, version 1.' });
    assert.deepInclude(second, { name: 'other', outcome: 'refused', code: 'CONNECTION_REFUSED' });
  });

  it('tells refused, failed, cancelled and lost apart, each with its sentence', async () => {
    const inspector = show();
    const { invoke, close } = openInProcess(createWorkshop());
    await rejection(invoke.greet({ name: 1 as never }));
    await rejection(invoke.full());
    await rejection(invoke.sleep(undefined, { timeout: 5 }));
    const lost = rejection(invoke.sleep());
    await invoke.echo(1);
    close();
    await lost;
    assert.deepInclude(lineOf(inspector, 'greet'), { outcome: 'refused', code: 'INVALID_ARGUMENTS' });
    assert.match(lineOf(inspector, 'greet').sentence ?? '', /`greet` was not run/);
    assert.deepInclude(lineOf(inspector, 'full'), { outcome: 'failed', code: 'FULL', details: { limit: 10 } });
    const slept = told(inspector).filter(({ name }) => name === 'sleep');
    assert.deepEqual(slept.map(({ outcome, code }) => [outcome, code]), [['cancelled', 'TimeoutError'], ['lost', 'CONNECTION_LOST']]);
  });

  it('has what could not be cloned, on either side, as that call alone', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    const [bad, good] = [rejection(invoke.greet({ name: (() => {}) as never })), invoke.greet({ name: 'Ada' })];
    await bad;
    await good;
    await rejection(invoke.broken());
    assert.deepEqual(told(inspector).map(({ name, outcome, code }) => [name, outcome, code]), [
      ['greet', 'refused', 'NOT_CLONEABLE'],
      ['greet', 'done', undefined],
      ['broken', 'refused', 'NOT_CLONEABLE'],
    ]);
    assert.deepInclude(lineOf(inspector, 'broken', 'call', 'main (core)'), { outcome: 'refused', code: 'NOT_CLONEABLE' });
  });

  it('has events, listeners and emits', async () => {
    const inspector = show();
    const { listen, emit } = openInProcess(createWorkshop());
    const heard: string[] = [];
    const unlisten = await listen('news', ({ payload }) => heard.push(payload));
    assert.deepEqual(inspector.counts('main'), { ...NOTHING, listeners: 1 });
    // In its first moment a listener is fed over its link.
    await eventually('it is told on the bus', () => toldOnBus(inspector));
    await emit('news', 'Hello');
    await eventually('it was heard', () => heard.length === 1);
    unlisten();
    await eventually('the listener has ended', () => lineOf(inspector, 'news', 'listen').outcome === 'done');
    assert.deepInclude(lineOf(inspector, 'news', 'emit'), { outcome: 'done', input: 'Hello' });
    // By the bus, or by the link as long as nobody knows that the bus is heard.
    const events = [...told(inspector, 'bus'), ...told(inspector)].filter(({ what }) => what === 'event');
    assert.deepEqual(events.map(({ name, outcome, input }) => ({ name, outcome, input })), [{ name: 'news', outcome: 'done', input: 'Hello' }]);
    assert.deepEqual(inspector.counts(), NOTHING);
  });

  it('has streams with the number of their items and some of them: ended, left, and failed', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    for await (const item of await invoke.count(30)) assert.isBelow(item, 30);
    assert.deepInclude(lineOf(inspector, 'count', 'stream'), { outcome: 'done', items: 30 });
    assert.lengthOf(lineOf(inspector, 'count', 'stream').sample as unknown[], 20);
    inspector.clear();
    for await (const item of await invoke.count(1e9)) if (item === 3) break;
    assert.deepInclude(lineOf(inspector, 'count', 'stream'), { outcome: 'cancelled', sentence: 'Its reader wanted no more.' });
    const reading = (async () => {
      for await (const item of await invoke.fails()) assert.equal(item, 1);
    })();
    await rejection(reading);
    assert.deepInclude(lineOf(inspector, 'fails', 'stream'), { outcome: 'failed', code: 'COMMAND_FAILED', items: 1 });
    await eventually('nothing is open', () => inspector.counts().streams === 0);
  });

  it('has the channel of a call, and the messages that it carried', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    const got: number[] = [];
    await invoke.report({ progress: new Channel((n: number) => got.push(n)) });
    assert.deepEqual(got, [0.5, 1]);
    assert.deepInclude(lineOf(inspector, 'report.progress', 'channel'), { outcome: 'done', items: 2, sample: [0.5, 1] });
    assert.deepEqual(inspector.counts(), NOTHING);
  });

  it('has a resource, its calls, and its release, with which its open calls end', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    const { file } = await invoke.open();
    assert.equal(await file.read(3), 'xxx');
    const waiting = rejection(file.wait());
    assert.deepEqual(inspector.counts('main'), { ...NOTHING, calls: 1, resources: 1 });
    const [resource] = told(inspector).filter(({ what }) => what === 'resource');
    assert.deepInclude(resource, { name: 'open.file', outcome: 'open', sentence: 'Methods: read, wait.' });
    release(file);
    await waiting;
    const called = told(inspector).filter(({ name }) => name.startsWith('open.file#'));
    assert.deepEqual(called.map(({ name, outcome }) => [name.replace(/\d+/, 'n'), outcome]), [['open.file#n.read', 'done'], ['open.file#n.wait', 'cancelled']]);
    await eventually('nothing is open', () => Object.values(inspector.counts()).every((count) => count === 0));
  });

  it('has what a core grants and revokes, and why its gate said no', async () => {
    const inspector = show();
    const core = createCore({
      name: 'guarded',
      commands: { greet: command({ handler: () => 'Hello' }), secret: command({ handler: () => 42 }) },
      capabilities: [{ identifier: 'page', clients: ['main'], invoke: ['greet'] }],
    });
    const { invoke } = openInProcess(core);
    await Promise.all([invoke.greet(), rejection(invoke.secret()), invoke.greet()]);
    core.grant({ identifier: 'more', clients: ['main'], invoke: ['secret'] });
    await invoke.secret();
    core.revoke('more');
    const gate = told(inspector, 'guarded (core)').map(({ what, name }) => `${what} ${name}`);
    assert.deepEqual(gate, ['grant page', 'grant more', 'revoke more']);
    const calls = told(inspector, 'main (core)').map(({ name, verdict }) => [name, verdict]);
    assert.deepEqual(calls, [
      ['greet', 'Granted by the capability `page`.'],
      ['secret', 'Nothing grants it.'],
      ['greet', 'Granted by the capability `page`.'],
      ['secret', 'Granted by the capability `more`.'],
    ]);
  });

  it('tells two clients of one label apart, and gives who comes back its old name', async () => {
    const inspector = show();
    const first = openInProcess(createWorkshop());
    const second = openInProcess(createWorkshop());
    await Promise.all([first.invoke.echo(1), second.invoke.echo(2)]);
    assert.equal(lineOf(inspector, 'echo', 'call', 'main').input, 1);
    assert.equal(lineOf(inspector, 'echo', 'call', 'main 2').input, 2);
    first.close();
    const third = openInProcess(createWorkshop());
    await third.invoke.echo(3);
    assert.deepEqual(told(inspector, 'main').map(({ input }) => input), [1, 3]);
  });

  it('says under which label a guest was let in, whatever it calls itself', async () => {
    const inspector = show();
    const core = createWorkshop();
    core.grant({ identifier: 'guests', clients: ['guest'], invoke: ['greet'] });
    const { invoke, invite } = openInProcess(core);
    await invoke.greet({ name: 'Ada' });
    const guest = connect<typeof core>(await invite({ label: 'guest' }), { label: 'admin' });
    atEnd(() => guest.close());
    await guest.invoke.greet({ name: 'Eve' });
    assert.equal(lineOf(inspector, 'guest', 'invite').outcome, 'done');
    assert.equal(lineOf(inspector, 'greet', 'call', 'guest (core)').outcome, 'done');
  });
});
