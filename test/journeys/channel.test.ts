/** One call, many messages: in order, with backpressure, closed by either side. */
import { assert } from 'chai';
import * as v from 'valibot';
import { Channel } from 'corral';
import { channel, command, createCore } from 'corral/core';
import { atEnd, eventually, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { all, talking } from './talking.ts';

describe('a Channel', () => {
  it('hears every message in order, and all of them before the answer', async () => {
    const { invoke, stats, core } = talking();
    const heard: number[] = [];
    let closed = 0;
    const progress = new Channel<number>((n) => heard.push(n));
    progress.onclose = (reason) => {
      assert.isUndefined(reason);
      closed++;
    };
    assert.equal(await invoke.count({ to: 1_000, progress }), 'counted');
    assert.deepEqual(heard, Array.from({ length: 1_000 }, (_, i) => i));
    assert.equal(closed, 1);
    assert.isTrue(progress.closed);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('hears also what was sent without waiting before the answer', async () => {
    const { invoke } = talking();
    const heard: number[] = [];
    await invoke.flood({ to: 1_000, progress: new Channel((n) => heard.push(n)) });
    assert.deepEqual(heard, Array.from({ length: 1_000 }, (_, i) => i));
  });

  it('hears what an asynchronous schema judged before the answer, in order', async () => {
    const { invoke } = talking();
    const heard: number[] = [];
    await invoke.slowly({ progress: new Channel((n) => heard.push(n)) });
    assert.deepEqual(heard, [0, 1, 2, 3, 4]);
  });

  it('can be iterated, and ends with its call', async () => {
    const { invoke } = talking();
    const progress = new Channel<number>();
    const call = invoke.count({ to: 200, progress });
    assert.deepEqual(await all(progress), Array.from({ length: 200 }, (_, i) => i));
    assert.equal(await call, 'counted');
  });

  it('that nobody reads suspends a handler that awaits its sends', async () => {
    const { invoke, core, seen } = talking();
    const progress = new Channel<number>();
    const call = invoke.endless({ progress });
    await eventually('it is there', () => core.stats().channels === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    progress.close();
    assert.equal(await call, 256);
    assert.deepEqual(seen, ['closed']);
  });

  it('left by `break` closes: the handler is told, and its sends resolve with false', async () => {
    const { invoke, seen } = talking();
    const progress = new Channel<number>();
    const call = invoke.endless({ progress });
    for await (const n of progress) if (n === 10) break;
    assert.isBelow(await call, 600);
    assert.deepEqual(seen, ['closed']);
  });

  it('may be one of several in a call, and lie deep in its argument, which stays as it was', async () => {
    const { invoke } = talking();
    const heard: string[] = [];
    const args = { deep: [1, 2, 3].map(() => ({ to: new Channel<string>((text) => heard.push(text)) })) };
    const kept = structuredClone(args.deep.length);
    await invoke.several(args);
    assert.sameMembers(heard, ['hello 0', 'hello 1', 'hello 2']);
    assert.equal(args.deep.length, kept);
    assert.instanceOf(args.deep[0]?.to, Channel);
  });

  it('lives on after its call if the core keeps it, until either side closes it', async () => {
    const { invoke, kept, core, stats } = talking();
    const heard: number[] = [];
    const progress = new Channel<number>((n) => heard.push(n));
    assert.equal(await invoke.keep(progress), 'kept');
    assert.isFalse(progress.closed);
    await kept[0]?.send(7);
    await eventually('the message came', () => heard.length === 1);
    progress.close();
    await eventually('the core knows', () => kept[0]?.closed);
    assert.isFalse(await kept[0]?.send(8));
    assert.deepEqual([heard, stats().channels, core.stats().channels], [[7], 0, 0]);
  });

  it('that the core keeps ends on both sides all the same if its call fails', async () => {
    const { invoke, kept, core, stats } = talking();
    const progress = new Channel<number>(() => {});
    const error = await rejection(invoke.keepAndFail(progress));
    assert.equal(error.code, 'COMMAND_FAILED');
    assert.isTrue(progress.closed);
    await eventually('the core knows', () => kept[0]?.closed);
    assert.isFalse(await kept[0]?.send(1));
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('lets the client answer where the core wants it to', async () => {
    const { invoke } = talking();
    const heard: string[] = [];
    const numbers = new Channel<string, number>((text) => heard.push(text));
    void numbers.send(0);
    const call = invoke.sum({ numbers });
    for (const number of [50, 40, 30]) void numbers.send(number);
    assert.equal(await call, 120);
    assert.deepEqual(heard, ['give me numbers', 'total 0', 'total 50', 'total 90', 'total 120']);
  });

  it('closed by the client ends the iteration in the core, after everything sent before', async () => {
    const { invoke } = talking();
    const numbers = new Channel<string, number>(() => {});
    for (const number of [1, 2, 3]) void numbers.send(number);
    numbers.close();
    assert.equal(await invoke.sum({ numbers }), 6);
  });

  it('carries a reply that the schema refuses no further: the call rejects with INVALID_ARGUMENTS', async () => {
    const { invoke } = talking();
    const numbers = new Channel<string, number>(() => {});
    void numbers.send('three' as never);
    const error = await rejection(invoke.sum({ numbers }));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.isTrue(numbers.closed);
  });

  it('that is not duplex closes when the client sends on it', async () => {
    const { invoke } = talking();
    const progress = new Channel<number, number>();
    let reason: unknown;
    progress.onclose = (why) => (reason = why);
    const call = invoke.endless({ progress } as never);
    await progress.send(1);
    await call;
    assert.equal((reason as { code: string }).code, 'INVALID_ARGUMENTS');
  });

  it("hears nothing that the channel's schema refuses; the handler's send rejects", async () => {
    const { invoke, seen } = talking();
    const heard: unknown[] = [];
    const error = await rejection(invoke.refused({ progress: new Channel((n) => heard.push(n)) }));
    assert.equal(error.code, 'COMMAND_FAILED');
    assert.lengthOf(heard, 0);
    assert.match(seen.join(), /does not match the schema/);
  });

  it('fails alone at a message that cannot be cloned: that one is not sent, and the author of the core hears why', async () => {
    const { invoke, seen } = talking();
    const heard: unknown[] = [];
    const progress = new Channel<unknown>((n) => heard.push(n));
    let reason: unknown;
    progress.onclose = (why) => (reason = why);
    assert.equal(await invoke.uncloneable({ progress }), 'went on');
    assert.deepEqual(heard, [1]);
    assert.equal((reason as { code: string }).code, 'NOT_CLONEABLE');
    assert.match(String(seen[0]), /^reported An item of a stream, or a message of a channel, cannot be cloned/);
    assert.include(seen, 'sent: false');
  });

  it('whose reply cannot be cloned rejects its call with NOT_CLONEABLE, and does not send it', async () => {
    const { invoke, stats, core } = talking();
    const numbers = new Channel<string, number>(() => {});
    const call = rejection(invoke.sum({ numbers }));
    assert.isFalse(await numbers.send((() => 1) as never));
    assert.equal((await call).code, 'NOT_CLONEABLE');
    await eventually('nothing is open', () => stats().channels + core.stats().channels === 0);
  });

  it('closed before its call is closed at once, and so it is for the core', async () => {
    const { invoke, stats, core } = talking();
    const progress = new Channel<number>();
    let closed = 0;
    progress.onclose = () => closed++;
    progress.close();
    assert.isTrue(progress.closed);
    assert.equal(closed, 1);
    assert.isBelow(await invoke.endless({ progress }), 257);
    assert.equal(closed, 1);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('fails with the error of its call', async () => {
    const { invoke } = talking();
    const progress = new Channel<number>();
    const call = rejection(invoke.fails({ progress }));
    const reading = rejection(all(progress));
    assert.equal((await call).code, 'COMMAND_FAILED');
    assert.strictEqual(await reading, await call);
  });

  it('ends when its call is cancelled, on both sides', async () => {
    const { invoke, seen, stats, core } = talking();
    const controller = new AbortController();
    const progress = new Channel<number>(() => controller.abort());
    let reason: unknown;
    progress.onclose = (why) => (reason = why);
    const error = await rejection(invoke.wait({ progress }, { signal: controller.signal }));
    assert.equal(error.name, 'AbortError');
    assert.strictEqual(reason, error);
    await eventually('the handler knows', () => seen.length > 0);
    assert.deepEqual(seen, ['closed']);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('fails with CONNECTION_LOST when the core stops', async () => {
    const { invoke, stop, stats } = talking();
    const progress = new Channel<number>();
    const call = rejection(invoke.keep(progress).then(() => all(progress)));
    await eventually('it is open', () => stats().channels === 1);
    stop();
    assert.equal((await call).code, 'CONNECTION_LOST');
  });

  it('moves what a message is marked to transfer', async () => {
    const { invoke } = talking();
    let size = 0;
    assert.equal(await invoke.bytes(new Channel((buffer) => (size = buffer.byteLength))), 0);
    assert.equal(size, 100);
  });

  it('fails alone when a message lists a buffer twice', async () => {
    const { invoke } = talking();
    const to = new Channel<ArrayBuffer>();
    let reason: unknown;
    to.onclose = (why) => (reason = why);
    await invoke.twice(to);
    assert.equal((reason as { code: string }).code, 'NOT_CLONEABLE');
  });

  it('belongs to one call: a second one rejects with NOT_CLONEABLE', async () => {
    const { invoke } = talking();
    const progress = new Channel<number>();
    await invoke.count({ to: 1, progress });
    const error = await rejection(invoke.count({ to: 1, progress }));
    assert.equal(error.code, 'NOT_CLONEABLE');
    assert.deepEqual(error.details as unknown, { path: ['progress'] });
  });

  it('that no schema asked for is closed with its call', async () => {
    const { invoke, stats, core } = talking();
    const progress = new Channel();
    assert.equal(await invoke.take({ progress }), 'object');
    assert.isTrue(progress.closed);
    assert.deepEqual([stats().channels, core.stats().channels], [0, 0]);
  });

  it('where the schema wants one cannot be replaced by data', async () => {
    const { invoke } = talking();
    for (const fake of [{}, null, 3, { '~open': 1 }, { kind: 'channel', end: {} }]) {
      assert.equal((await rejection(invoke.count({ to: 1, progress: fake as never }))).code, 'INVALID_ARGUMENTS');
    }
  });

  it('whose listener throws hears the next message all the same', async () => {
    const { invoke } = talking();
    const heard: number[] = [];
    const { onerror } = window;
    window.onerror = () => true;
    atEnd(() => (window.onerror = onerror));
    await invoke.count({
      to: 3,
      progress: new Channel((n) => {
        heard.push(n);
        throw new Error('a fault of the page');
      }),
    });
    assert.deepEqual(heard, [0, 1, 2]);
  });

  it('waits with its call while the core starts', async () => {
    const core = createCore({
      name: unique(),
      commands: { tell: command({ args: channel(v.string()), handler: (to) => void to.send('hello') }) },
      setup: () => new Promise((resolve) => setTimeout(resolve, 30)),
    });
    const { invoke } = openInProcess(core);
    const heard: string[] = [];
    await invoke.tell(new Channel((text) => heard.push(text)));
    assert.deepEqual(heard, ['hello']);
  });

  it('of a call that never goes out fails with it: nobody reads it for ever', async () => {
    const core = createCore({
      name: unique(),
      commands: { tell: command({ args: v.object({ to: channel(v.string()) }), handler: ({ to }) => void to.send('hello') }) },
      setup: () => new Promise((resolve) => setTimeout(resolve, 50)),
    });
    const { invoke, close } = openInProcess(core);
    const channels = Array.from({ length: 4 }, () => new Channel<string>());
    const [aborted, timedOut, lost, late] = channels as [Channel<string>, Channel<string>, Channel<string>, Channel<string>];
    const reading = channels.map((to) => rejection(all(to)));
    const calls = [
      rejection(invoke.tell({ to: aborted }, { signal: AbortSignal.abort('no') }).catch((error: unknown) => Promise.reject(new Error(String(error))))),
      rejection(invoke.tell({ to: timedOut }, { timeout: 5 })),
      rejection(invoke.tell({ to: lost })),
    ];
    await calls[1];
    close();
    calls.push(rejection(invoke.tell({ to: late })));
    assert.deepEqual((await Promise.all(calls)).map(({ name }) => name), ['Error', 'TimeoutError', 'CorralError', 'CorralError']);
    assert.deepEqual((await Promise.all(reading)).map((error) => error?.name ?? error), ['no', 'TimeoutError', 'CorralError', 'CorralError'] as never);
    let told: unknown;
    late.onclose = (reason) => (told = reason);
    assert.equal((told as { code: string }).code, 'CONNECTION_LOST');
  });
});
