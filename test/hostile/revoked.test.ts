/** What goes on after its call was answered, and has to end all the same when what allowed it is revoked. */
import { assert } from 'chai';
import * as v from 'valibot';
import { Channel } from 'corral';
import { channel, command, createCore, pathScope, resource, serve, stream, type CoreChannel } from 'corral/core';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

const path = v.object({ path: v.string() });

function createTap() {
  const seen: string[] = [];
  const followed = new Map<string, CoreChannel<string, string>>();
  let drip: (item: string) => void = () => {};
  const core = createCore({
    name: unique('tap'),
    onError: (error) => void seen.push(`error ${String(error)}`),
    commands: {
      /** Yields what `drip` is given, until it is cancelled. */
      tap: command({
        yields: v.string(),
        async *handler(_: undefined, { signal }) {
          const waiting: string[] = [];
          let wake = (): void => {};
          drip = (item) => {
            waiting.push(item);
            wake();
          };
          signal.addEventListener('abort', () => wake());
          try {
            while (!signal.aborted) {
              yield* waiting.splice(0);
              await new Promise<void>((resolve) => (wake = resolve));
            }
          } finally {
            seen.push('tap closed');
          }
        },
      }),
      tail: command({
        args: path,
        scope: pathScope(),
        yields: v.string(),
        async *handler({ path }, { signal }) {
          try {
            yield path;
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          } finally {
            seen.push(`${path} closed`);
          }
        },
      }),
      book: command({
        handler: () =>
          resource({ page: () => 'a page', wait: command({ handler: (_, { signal }) => new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))) }) }, { onrelease: () => void seen.push('book released') }),
      }),
      count: command({
        args: v.object({ numbers: stream(v.number()) }),
        handler: async ({ numbers }) => {
          let total = 0;
          for await (const number of numbers) {
            total += number;
            seen.push(`counted ${number}`);
          }
          return total;
        },
      }),
      /** Takes the channel out of its call; `news` speaks on it. */
      follow: command({
        args: v.object({ path: v.string(), news: channel(v.string(), { duplex: v.string() }) }),
        scope: pathScope(),
        handler: ({ path, news }) => {
          news.onclose = () => void seen.push(`${path} closed`);
          followed.set(path, news.keep());
        },
      }),
      report: command({
        args: v.object({ progress: channel(v.number()) }),
        handler: ({ progress }, { signal }) =>
          new Promise<void>((_resolve, reject) => {
            void progress.send(1);
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          }),
      }),
    },
    capabilities: [{ identifier: 'guest', clients: ['guest'], invoke: ['*'] }],
  });
  const { port1, port2 } = new MessageChannel();
  atEnd(serve(core, port1, { label: 'guest' }));
  return { core, seen, followed, drip: (item: string) => drip(item), client: open<typeof core>(port2) };
}

const reasonOf = async (promise: Promise<unknown>): Promise<unknown[]> => {
  const { code, details } = await rejection(promise);
  return [code, (details as { reason: string } | undefined)?.reason];
};
const REVOKED = ['NOT_ALLOWED', 'revoked'];

describe('a revocation', () => {
  it('32: ends a stream before any further item, with NOT_ALLOWED', async () => {
    const { core, seen, drip, client } = createTap();
    const reader = (await client.invoke.tap()).getReader();
    drip('before');
    assert.deepEqual(await reader.read(), { done: false, value: 'before' });
    const next = reasonOf(reader.read());
    core.revoke('guest');
    drip('after');
    assert.deepEqual(await next, REVOKED);
    await eventually('the generator has ended', () => seen.includes('tap closed'));
    assert.deepEqual(seen, ['tap closed']);
  });

  it('32: ends only the streams whose argument is not covered any more', async () => {
    const { core, seen, client } = createTap();
    const tail = async (path: string): Promise<ReadableStreamDefaultReader<string>> => {
      const reader = (await client.invoke.tail({ path })).getReader();
      assert.equal((await reader.read()).value, path);
      return reader;
    };
    const [a, b] = [await tail('/a/x'), await tail('/b/x')];
    const next = reasonOf(a.read());
    core.grant({ identifier: 'guest', clients: ['guest'], invoke: [{ command: 'tail', allow: [{ path: '/b/**' }] }] });
    assert.deepEqual(await next, REVOKED);
    await eventually('its generator has ended', () => seen.length > 0);
    assert.deepEqual(seen, ['/a/x closed']);
    const last = reasonOf(b.read());
    core.revoke('guest');
    assert.deepEqual(await last, REVOKED);
  });

  it('32: ends an upload and a channel with the call that they belong to', async () => {
    const { core, seen, client } = createTap();
    let feed!: ReadableStreamDefaultController<number>;
    const numbers = new ReadableStream<number>({ start: (controller) => void (feed = controller) });
    const progress: number[] = [];
    const calls = [reasonOf(client.invoke.count({ numbers })), reasonOf(client.invoke.report({ progress: new Channel((n: number) => void progress.push(n)) }))];
    feed.enqueue(1);
    await eventually('both have begun', () => seen.includes('counted 1') && progress.length === 1);
    core.revoke('guest');
    feed.enqueue(2);
    for (const call of calls) assert.deepEqual(await call, REVOKED);
    await eventually('no call is left', () => core.stats().calls === 0);
    assert.notInclude(seen, 'counted 2');
  });

  it('32: takes a live object away: what it was doing, and what it is asked then, rejects', async () => {
    const { core, seen, client } = createTap();
    const book = await client.invoke.book();
    assert.equal(await book.page(), 'a page');
    const waiting = rejection(book.wait(undefined as never));
    await book.page();
    core.revoke('guest');
    assert.equal((await waiting).code, 'NOT_ALLOWED');
    assert.equal((await rejection(book.page())).code, 'NOT_ALLOWED');
    await eventually('it is released', () => seen.includes('book released'));
  });

  it('32: ends a channel that was kept beyond its call, and only where its argument is not covered any more', async () => {
    const { core, seen, followed, client } = createTap();
    const follow = async (path: string): Promise<{ news: Channel<string, string>; closed: Promise<unknown[]> }> => {
      const news = new Channel<string, string>(() => {});
      const closed = new Promise<unknown>((resolve) => (news.onclose = resolve)).then((reason) => reasonOf(Promise.reject(reason as Error)));
      await client.invoke.follow({ path, news });
      return { news, closed };
    };
    const [a, b] = [await follow('/a/x'), await follow('/b/x')];
    const replies = reasonOf(followed.get('/a/x')![Symbol.asyncIterator]().next());
    core.grant({ identifier: 'guest', clients: ['guest'], invoke: [{ command: 'follow', allow: [{ path: '/b/**' }] }] });
    assert.deepEqual(await a.closed, REVOKED);
    assert.deepEqual(await replies, REVOKED);
    assert.isFalse(await followed.get('/a/x')!.send('after'));
    assert.isTrue(await followed.get('/b/x')!.send('still'));
    assert.deepEqual(seen, ['/a/x closed']);
    core.revoke('guest');
    assert.deepEqual(await b.closed, REVOKED);
    assert.isFalse(await followed.get('/b/x')!.send('after'));
    assert.deepEqual([seen, core.stats().channels, client.stats().channels], [['/a/x closed', '/b/x closed'], 0, 0]);
  });

  it('32: says nothing of a kept channel that has closed before', async () => {
    const { core, followed, client } = createTap();
    const news = new Channel<string, string>(() => {});
    await client.invoke.follow({ path: '/a/x', news });
    followed.get('/a/x')!.close();
    await eventually('it closed', () => news.closed);
    core.revoke('guest');
    assert.deepEqual(await reasonOf(client.invoke.follow({ path: '/a/x', news: new Channel<string, string>() })), ['NOT_ALLOWED', 'not-granted']);
    assert.deepEqual([core.stats().violations, client.stats().strays], [0, 0]);
  });
});
