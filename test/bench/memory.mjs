// Memory kept after many calls, and held while a long stream is read: the heaps of page and worker after garbage collection.
import { openBench } from './browser.mjs';

const warmUp = 20;

/** Bytes kept by the page and by the worker of one contender after so many thousand calls. */
export function memoryKept(browser, address, contender, thousands) {
  return watching(browser, address, contender, async (page, heaps) => {
    const call = (count) => page.evaluate((name, n) => bench.call(name, n), contender, count);
    await call(warmUp);
    const before = await heaps();
    await call(thousands);
    return less(await heaps(), before);
  });
}

/** Bytes that page and worker hold while a stream of so many items is read, once a second, and after its end. */
export function memoryOfStream(browser, address, contender, items) {
  return watching(browser, address, contender, async (page, heaps) => {
    const read = (count) => page.evaluate((name, n) => bench.stream(name, n), contender, count);
    await read(items / 100);
    const before = await heaps();
    const during = [];
    let came;
    const reading = read(items).then((count) => (came = count));
    while (came === undefined) {
      during.push(less(await heaps(), before));
      await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 1_000))]);
    }
    if (came !== items) throw new Error('the stream came incomplete');
    return { before, during, after: less(await heaps(), before) };
  });
}

async function watching(browser, address, contender, watch) {
  const page = await openBench(browser, address, { attach: true });
  try {
    await page.evaluate((name) => bench.hold(name), contender);
    const sessions = { page: await page.createCDPSession(), worker: page.workers()[0].client };
    return await watch(page, async () => ({ page: await heap(sessions.page), worker: await heap(sessions.worker) }));
  } finally {
    await page.close();
  }
}

const less = (one, other) => ({ page: one.page - other.page, worker: one.worker - other.worker });

/** Twice: what a first collection finalizes, only a second one frees. */
async function heap(session) {
  for (let time = 0; time < 2; time++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}
