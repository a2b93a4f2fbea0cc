/** Channels that fail, are refused or belong to a call that does: both ends learn of it, and nothing else is harmed. */
import { assert } from 'chai';
import * as v from 'valibot';
import { Channel } from 'corral';
import { channel, command, createCore } from 'corral/core';
import { atEnd, eventually, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { all, talking } from './talking.ts';

describe('a Channel', () => {
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
