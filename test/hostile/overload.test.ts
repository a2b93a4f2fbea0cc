/** Much, and for long: the tables come back to zero. */
import { assert } from 'chai';
import { eventually, openInProcess } from '../support/corral.ts';
import { besiege } from './siege.ts';

describe('overload', function () {
  this.timeout(300_000);

  it('45: 10,000 listeners come and go, and none is left', async () => {
    const { core, unharmed } = await besiege();
    const { listen, once, emit, stats } = openInProcess(core);
    let heard = 0;
    for (let round = 0; round < 20; round++) {
      const unlisteners = await Promise.all(Array.from({ length: 500 }, () => listen('news', () => void heard++)));
      if (round === 10) {
        await emit('news', 'once for each');
        await eventually('each has heard it', () => heard === 500);
      }
      for (const unlisten of unlisteners) {
        unlisten();
        unlisten();
      }
    }
    const controller = new AbortController();
    await Promise.all(
      Array.from({ length: 100 }, () => listen('news', () => void heard++, { signal: controller.signal })),
    );
    await Promise.all(Array.from({ length: 100 }, () => once('anything', () => void heard++)));
    controller.abort();
    await emit('anything', 1);
    await eventually('each `once` has heard it', () => heard === 600);
    await eventually('the client holds none', () => stats().listeners === 0);
    await eventually("the core holds but the neighbour's", () => core.stats().listeners === 1);
    await emit('news', 'to nobody here');
    await unharmed();
    assert.equal(heard, 600);
  });

  it('45: 50,000 calls, cancelled ones and failing ones among them, leave nothing behind', async () => {
    const { core, unharmed } = await besiege();
    const { invoke, stats } = openInProcess(core);
    const outcomes: Record<string, number> = {};
    for (let round = 0; round < 25; round++) {
      const controller = new AbortController();
      const calls = Array.from({ length: 2_000 }, (_, index) => {
        if (index % 100 === 0) return invoke.wait({ gate: `${round}.${index}` }, { signal: controller.signal });
        if (index % 100 === 1) return invoke.wait({ gate: `${round}.${index}` }, { timeout: 20 });
        if (index % 10 === 2) return invoke.greet({ name: 5 as never });
        if (index % 10 === 3) return invoke.take(() => {});
        return invoke.greet({ name: 'Ada' });
      });
      setTimeout(() => controller.abort());
      for (const call of await Promise.allSettled(calls)) {
        // A DOMException has a number for its code.
        const outcome: string =
          call.status === 'fulfilled'
            ? 'fulfilled'
            : call.reason instanceof DOMException
              ? call.reason.name
              : call.reason.code;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
    }
    assert.deepEqual(outcomes, {
      fulfilled: 39_000,
      INVALID_ARGUMENTS: 5_000,
      NOT_CLONEABLE: 5_000,
      AbortError: 500,
      TimeoutError: 500,
    });
    await unharmed();
    await eventually('the core holds no call', () => core.stats().calls === 0);
    assert.deepInclude(stats(), { calls: 0, listeners: 0 });
    assert.isAtMost(stats().strays, 0);
  });

  it('45: clients that come and go by the hundred leave nothing behind', async () => {
    const { core, unharmed } = await besiege();
    for (let round = 0; round < 10; round++) {
      const clients = Array.from({ length: 20 }, () => openInProcess(core));
      const waiting = clients.map(({ invoke, listen }, index) =>
        Promise.allSettled([listen('news', () => {}), invoke.wait({ gate: `${round}.${index}` })]),
      );
      for (const [index, client] of clients.entries()) {
        if (index % 2) assert.equal(await client.invoke.take(index), 'taken');
        client.close();
      }
      await Promise.all(waiting);
    }
    await eventually('only the neighbour is left', () => core.stats().clients === 1 && core.stats().listeners === 1);
    await unharmed();
    await eventually('no call is left', () => core.stats().calls === 0);
  });
});
