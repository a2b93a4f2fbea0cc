/** One call, many messages: in order, with backpressure, closed by either side. */
import { assert } from 'chai';
import * as v from 'valibot';
import { Channel } from 'corral';
import { channel, command, createCore } from 'corral/core';
import { eventually, openInProcess } from '../support/corral.ts';
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

  it('moves what a message is marked to transfer', async () => {
    const { invoke } = talking();
    let size = 0;
    assert.equal(await invoke.bytes(new Channel((buffer) => (size = buffer.byteLength))), 0);
    assert.equal(size, 100);
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
});
