/** Live objects: they stay in the core, and the page holds them. */
import { assert } from 'chai';
import * as v from 'valibot';
import { isCorralError, release } from 'corral';
import { command, createCore, resource, transfer } from 'corral/core';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { litterAbout } from '../support/garbage.ts';
import { unique } from '../support/unique.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

function library(limits = {}) {
  const seen: string[] = [];
  const core = createCore({
    name: unique(),
    commands: {
      open: command({
        args: v.object({ name: v.string() }),
        handler: ({ name }) => {
          let position = 0;
          return resource(
            {
              read(count: number) {
                position += count;
                return `${name} up to ${position}`;
              },
              seek: command({
                args: v.object({ to: v.pipe(v.number(), v.minValue(0)) }),
                returns: v.number(),
                errors: { TOO_FAR: v.object({ end: v.number() }) },
                handler: ({ to }, { fail }) => {
                  if (to > 1_000) fail('TOO_FAR', { end: 1_000 });
                  return (position = to);
                },
              }),
              add: (a: number, b: number) => a + b,
              wait: command({
                handler: (_, { signal }) =>
                  new Promise<never>((_resolve, reject) =>
                    signal.addEventListener('abort', () => {
                      seen.push('aborted');
                      reject(signal.reason as Error);
                    }),
                  ),
              }),
              later: () => new Promise<string>((resolve) => setTimeout(resolve, 20, 'late')),
              broken() {
                throw new Error('a secret');
              },
              strange: () => () => 1,
              bytes(buffer: ArrayBuffer) {
                return transfer(buffer, [buffer]);
              },
              next: () => resource({ name: () => 'chapter' }, { onrelease: () => seen.push('chapter released') }),
              slowly: command({ handler: async (_, { signal }) => {
                await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
                return resource({ name: () => 'late' }, { onrelease: () => seen.push('late released') });
              } }),
              mixed: () => ({ child: resource({ name: () => 'child' }, { onrelease: () => seen.push('child released') }), strange: () => 1 }) as unknown,
              rows: () =>
                (async function* () {
                  yield 1;
                })() as unknown,
            },
            { onrelease: () => seen.push(`${name} released`) },
          );
        },
      }),
      several: command({ handler: () => ({ count: 2, deep: { books: [resource({ name: () => 'one' }), resource({ name: () => 'two' })] } }) }),
      stacked: command({ handler: async function* () { yield { book: resource({ name: () => 'one' }) } as unknown; } }),
      ping: command({ handler: () => 'pong' }),
    },
    onError: (error) => seen.push(`reported ${(error as Error).message}`),
    limits,
  });
  return { ...openInProcess(core), core, seen };
}

describe('a resource', () => {
  it('is an object on the page whose methods are calls', async () => {
    const { invoke, stats, core } = library();
    const book = await invoke.open({ name: 'Emma' });
    assert.equal(await book.read(3), 'Emma up to 3');
    assert.equal(await book.read(4), 'Emma up to 7');
    assert.equal(await book.add(2, 3), 5);
    assert.equal(await book.seek({ to: 9 }), 9);
    assert.deepEqual([stats().resources, core.stats().resources], [1, 1]);
    release(book);
    await eventually('the core knows', () => core.stats().resources === 0);
    assert.equal(stats().resources, 0);
  });

  it('has typed errors, like any command', async () => {
    const { invoke, seen } = library();
    const book = await invoke.open({ name: 'Emma' });
    const far = await rejection(book.seek({ to: 2_000 }));
    assert.equal(far.code, 'TOO_FAR');
    assert.deepEqual(far.details as unknown, { end: 1_000 });
    assert.isTrue(isCorralError(await rejection(book.seek({ to: -1 })), 'INVALID_ARGUMENTS'));
    const broken = await rejection(book.broken());
    assert.equal(broken.code, 'COMMAND_FAILED');
    assert.notInclude(broken.message + String(broken.stack), 'secret');
    assert.include(seen, 'reported a secret');
    assert.equal((await rejection(book.strange())).code, 'NOT_CLONEABLE');
    assert.equal((await rejection(book.read((() => 1) as never))).code, 'NOT_CLONEABLE');
    assert.equal((await rejection(book.rows())).code, 'NOT_CLONEABLE');
    assert.equal(await book.add(1, 1), 2);
  });

  it('moves what is marked to transfer, both ways', async () => {
    const { invoke } = library();
    const book = await invoke.open({ name: 'Emma' });
    const buffer = new ArrayBuffer(100);
    const back = await book.bytes(transfer(buffer, [buffer]));
    assert.deepEqual([buffer.byteLength, back.byteLength], [0, 100]);
  });

  it('may be several, deep inside an answer, and come from another one', async () => {
    const { invoke, seen, core } = library();
    const { count, deep } = await invoke.several();
    assert.equal(count, 2);
    assert.deepEqual(await Promise.all(deep.books.map((book) => book.name())), ['one', 'two']);
    const book = await invoke.open({ name: 'Emma' });
    const chapter = await book.next();
    release(book);
    assert.equal(await chapter.name(), 'chapter');
    chapter[Symbol.dispose ?? (Symbol.for('Symbol.dispose') as never)]();
    await eventually('both were released', () => seen.length === 2);
    assert.sameMembers(seen, ['Emma released', 'chapter released']);
    assert.equal(core.stats().resources, 2);
  });

  it('released, tells its owner once, and rejects calls with CANCELLED', async () => {
    const { invoke, seen } = library();
    const book = await invoke.open({ name: 'Emma' });
    const inFlight = rejection(book.later());
    release(book);
    release(book);
    assert.equal((await inFlight).code, 'CANCELLED');
    assert.equal((await rejection(book.read(1))).code, 'CANCELLED');
    await eventually('it was released', () => seen.includes('Emma released'));
    assert.deepEqual(seen, ['Emma released']);
  });

  it('released, aborts the methods that run, and lets nothing escape that they answer later', async () => {
    const { invoke, core, seen } = library();
    const book = await invoke.open({ name: 'Emma' });
    const calls = [rejection(book.wait()), rejection(book.slowly())];
    await eventually('they run', () => core.stats().calls === 2);
    release(book);
    assert.deepEqual((await Promise.all(calls)).map(({ code }) => code), ['CANCELLED', 'CANCELLED']);
    await eventually('all have ended', () => core.stats().calls === 0);
    await eventually('all was released', () => seen.length === 3);
    assert.sameMembers(seen, ['aborted', 'Emma released', 'late released']);
    assert.equal(core.stats().resources, 0);
  });

  it('in an answer of a method that cannot be cloned is released', async () => {
    const { invoke, core, seen } = library();
    const book = await invoke.open({ name: 'Emma' });
    assert.equal((await rejection(book.mixed())).code, 'NOT_CLONEABLE');
    await eventually('it was released', () => seen.includes('child released'));
    assert.equal(core.stats().resources, 1);
  });

  it('cannot be an item of a stream, which is said without names of our own', async () => {
    const { invoke } = library();
    const error = await rejection((await invoke.stacked()).getReader().read());
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.include(error.message, '`book`');
    assert.notInclude(error.message, '~');
  });

  it('released, closes its port at both ends', async () => {
    const { invoke, core } = library();
    const { close } = MessagePort.prototype;
    const closed = new Set<MessagePort>();
    const patched = function (this: MessagePort): void {
      closed.add(this);
      close.call(this);
    };
    atEnd(() => (MessagePort.prototype.close = close));
    MessagePort.prototype.close = patched;
    const book = await invoke.open({ name: 'Emma' });
    await book.read(1);
    release(book);
    await eventually('it was released', () => core.stats().resources === 0);
    assert.equal(closed.size, 2);
  });

  it('is released when its client goes, and its calls are aborted', async () => {
    const { invoke, close, seen, core } = library();
    const book = await invoke.open({ name: 'Emma' });
    const waiting = rejection(book.wait());
    await eventually('the call is there', () => core.stats().calls === 1);
    close();
    assert.equal((await waiting).code, 'CONNECTION_LOST');
    assert.equal((await rejection(book.read(1))).code, 'CONNECTION_LOST');
    await eventually('it was released', () => seen.length === 2);
    assert.sameMembers(seen, ['aborted', 'Emma released']);
  });

  it('of a core that stops rejects with CONNECTION_LOST', async () => {
    const { invoke, stop, stats } = library();
    const book = await invoke.open({ name: 'Emma' });
    const waiting = rejection(book.wait());
    stop();
    assert.equal((await waiting).code, 'CONNECTION_LOST');
    assert.equal(stats().resources, 0);
  });

  it('of a worker that is terminated rejects what is in flight with CONNECTION_LOST', async () => {
    const worker = startWorkshop();
    const { invoke } = open<Workshop>(worker, { version: '2' });
    const thing = await invoke.thing();
    assert.equal(await thing.name(), 'thing');
    const waiting = rejection(thing.wait());
    worker.terminate();
    assert.equal((await waiting).code, 'CONNECTION_LOST');
  });

  it('over the limit is refused with OVERLOADED', async () => {
    const { invoke, core } = library({ resources: 1 });
    const book = await invoke.open({ name: 'one' });
    assert.equal((await rejection(invoke.open({ name: 'two' }))).code, 'OVERLOADED');
    release(book);
    await eventually('there is room', () => core.stats().resources === 0);
    await invoke.open({ name: 'three' });
  });

  it('answered to a call that was cancelled meanwhile is released', async () => {
    const { invoke, core, stats } = library();
    await invoke.ping();
    const controller = new AbortController();
    const call = rejection(invoke.open({ name: 'Emma' }, { signal: controller.signal }));
    await Promise.resolve();
    await Promise.resolve();
    controller.abort();
    await call;
    await invoke.ping();
    await eventually('nothing is held', () => core.stats().resources + stats().resources === 0);
  });

  it('that is forgotten is released when it is collected, but not while a call is in flight', async () => {
    const { invoke, seen, stats } = library();
    const answers: Promise<string>[] = [];
    for (let i = 0; i < 30; i++) answers.push((await invoke.open({ name: `${i}` })).later());
    await eventually('some were collected', async () => {
      await litterAbout();
      return seen.length > 0;
    });
    assert.deepEqual(await Promise.all(answers), Array.from({ length: 30 }, () => 'late'));
    await eventually('both sides agree', () => stats().resources === 30 - seen.length);
  });

  it('names no method `then` nor `bind`, and takes functions and commands only', () => {
    for (const name of ['then', 'bind']) assert.throws(() => resource({ [name]: () => 1 }), TypeError, name);
    assert.throws(() => resource({ name: 3 as never }), TypeError);
    assert.throws(() => resource({ rows: command({ yields: v.number(), async *handler() { yield 1; } }) }), TypeError, /yields/);
  });
});
