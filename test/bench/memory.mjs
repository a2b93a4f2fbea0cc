// Memory kept after many calls: the heaps of page and worker after garbage collection, before and after.
import { openBench } from './browser.mjs';

const warmUp = 20;

/** Bytes kept by the page and by the worker of one contender after so many thousand calls. */
export async function memoryKept(browser, address, contender, thousands) {
  const page = await openBench(browser, address, { attach: true });
  try {
    await page.evaluate((name) => bench.hold(name), contender);
    const sessions = { page: await page.createCDPSession(), worker: page.workers()[0].client };
    const call = (count) => page.evaluate((name, n) => bench.call(name, n), contender, count);
    const heaps = async () => ({ page: await heap(sessions.page), worker: await heap(sessions.worker) });

    await call(warmUp);
    const before = await heaps();
    await call(thousands);
    const after = await heaps();
    return { page: after.page - before.page, worker: after.worker - before.worker };
  } finally {
    await page.close();
  }
}

/** Twice: what a first collection finalizes, only a second one frees. */
async function heap(session) {
  for (let time = 0; time < 2; time++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}
