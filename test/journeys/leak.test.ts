/** A hundred thousand streams, channels and resources: everything ends where it began. */
import { assert } from 'chai';
import * as v from 'valibot';
import { Channel, release } from 'corral';
import { channel, command, createCore, resource, stream } from 'corral/core';
import { eventually, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

/** The whole number only where somebody asks for it: the counts are the same, and the machine is shared. */
const TIMES = Number(new URLSearchParams(location.search).get('times') ?? 2_000);
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

async function many(task: (index: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < TIMES; from += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => task(from + index)));
}

const heap = (): number => (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;

async function endsWhereItBegan(task: (world: ReturnType<typeof busy>, index: number) => Promise<unknown>): Promise<void> {
  const world = busy();
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => task(world, index)));
  (globalThis as { gc?: () => void }).gc?.();
  const before = heap();
  await many((index) => task(world, index));
  await eventually('nothing is open', () => {
    const [here, there] = [world.stats(), world.core.stats()];
    return here.calls + here.channels + here.resources + there.calls + there.channels + there.resources + world.open() === 0;
  });
  assert.deepEqual([world.stats().strays, world.core.stats().violations], [0, 0]);
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect || !heap()) return;
  collect();
  assert.isBelow(heap() - before, 2_000_000, 'bytes kept');
}

async function* three(): AsyncGenerator<number> {
  yield 1;
  yield 2;
  yield 3;
}

describe('many', function () {
  this.timeout(600_000);

  it('streams read to their end, left in the middle, never read and cancelled', () =>
    endsWhereItBegan(async ({ invoke }, index) => {
      const items = await invoke.count(index % 4 === 0 ? 3 : 1_000);
      if (index % 4 === 3) return items.cancel();
      for await (const item of items) if (item === 5 && index % 4 !== 0) break;
    }));

  it('streams as arguments', () =>
    endsWhereItBegan(async ({ invoke }) => {
      assert.equal(await invoke.sum(three()), 6);
    }));

  it('channels, heard and iterated', () =>
    endsWhereItBegan(async ({ invoke }, index) => {
      if (index % 2) return invoke.tell(new Channel(() => {}));
      const to = new Channel<number>();
      const call = invoke.tell(to);
      for await (const number of to) assert.equal(number, 1);
      return call;
    }));

  it('calls with channels, cancelled at once', () =>
    endsWhereItBegan(async ({ invoke }) => {
      const controller = new AbortController();
      const call = invoke.tell(new Channel(), { signal: controller.signal });
      controller.abort();
      await call.catch(() => {});
    }));

  it('resources, called and released', () =>
    endsWhereItBegan(async ({ invoke }) => {
      const one = await invoke.open();
      assert.equal(await one.name(), 'one');
      release(one);
    }));
});
