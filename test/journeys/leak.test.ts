/** A hundred thousand streams, channels and resources: everything ends where it began. */
import { assert } from 'chai';
import * as v from 'valibot';
import { Channel, release } from 'corral';
import { channel, command, createCore, resource, stream } from 'corral/core';
import { eventually, openInProcess } from '../support/corral.ts';
import { litterAbout } from '../support/garbage.ts';
import { unique } from '../support/unique.ts';

/** For each of the five kinds. */
const TIMES = 20_000;
const AT_ONCE = 100;

function busy() {
  let open = 0;
  const core = createCore({
    name: unique(),
    commands: {
      count: command({
        args: v.number(),
        async *handler(to) {
          open++;
          try {
            for (let i = 0; i < to; i++) yield i;
          } finally {
            open--;
          }
        },
      }),
      sum: command({
        args: stream(v.number()),
        handler: async (numbers) => {
          let total = 0;
          for await (const number of numbers) total += number;
          return total;
        },
      }),
      tell: command({ args: channel(v.number()), handler: async (to) => void (await to.send(1)) }),
      open: command({
        handler: () => {
          open++;
          return resource({ name: () => 'one' }, { onrelease: () => void open-- });
        },
      }),
    },
    limits: { calls: 100_000 },
  });
  return { ...openInProcess(core), core, open: () => open };
}

/** One in 97 of what the page held: when the engine has collected these, nothing leads to any. */
let held: WeakRef<object>[] = [];

function watched<One extends object>(one: One, index: number): One {
  if (index % 97 === 0) held.push(new WeakRef(one));
  return one;
}

async function endsWhereItBegan(task: (world: ReturnType<typeof busy>, index: number) => Promise<unknown>): Promise<void> {
  const world = busy();
  held = [];
  for (let from = 0; from < TIMES; from += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => task(world, from + index)));
  await eventually('nothing is open', () => {
    const [here, there] = [world.stats(), world.core.stats()];
    return here.calls + here.channels + here.resources + there.calls + there.channels + there.resources + world.open() === 0;
  });
  assert.deepEqual([world.stats().strays, world.core.stats().violations], [0, 0]);
  assert.isAbove(held.length, TIMES / 100);
  // The other engines collect when they like, which may be long after.
  if (!('gc' in globalThis)) return;
  // What is left on the stack may keep a few.
  await eventually('what was held is collected', async () => {
    await litterAbout();
    return held.filter((one) => one.deref()).length <= 5;
  });
}

async function* three(): AsyncGenerator<number> {
  yield 1;
  yield 2;
  yield 3;
}

describe('many', function () {
  this.timeout(600_000);

  it('45: streams read to their end, left in the middle, never read and cancelled', () =>
    endsWhereItBegan(async ({ invoke }, index) => {
      // Some fill their window, most do not.
      const items = watched(await invoke.count(index % 40 < 4 ? 1_000 : 10), index);
      if (index % 4 === 3) return items.cancel();
      for await (const item of items) if (item === 5 && index % 4 !== 0) break;
    }));

  it('45: streams as arguments', () =>
    endsWhereItBegan(async ({ invoke }, index) => {
      assert.equal(await invoke.sum(watched(three(), index)), 6);
    }));

  it('45: channels, heard and iterated', () =>
    endsWhereItBegan(async ({ invoke }, index) => {
      if (index % 2) return invoke.tell(watched(new Channel(() => {}), index));
      const to = watched(new Channel<number>(), index);
      const call = invoke.tell(to);
      for await (const number of to) assert.equal(number, 1);
      return call;
    }));

  it('45: calls with channels, cancelled at once', () =>
    endsWhereItBegan(async ({ invoke }, index) => {
      const controller = new AbortController();
      const call = invoke.tell(watched(new Channel(), index), { signal: controller.signal });
      controller.abort();
      await call.catch(() => {});
    }));

  it('45: resources, called and released', () =>
    endsWhereItBegan(async ({ invoke }, index) => {
      const one = watched(await invoke.open(), index);
      assert.equal(await one.name(), 'one');
      release(one);
    }));
});
