/** Small items that the worker yields and the page reads, until the last one. */
import type { Workload } from '../workload.ts';

export const stream: Workload = work(100_000);
/** For who waits for the figures. */
export const shortStream: Workload = work(10_000);

function work(items: number): Workload {
  return {
    name: 'stream',
    title: `a stream of ${items.toLocaleString('en')} small items`,
    needs: ['stream'],
    rounds: 11,
    budget: {},
    amount: { of: 'items', count: items },
    async sample({ stream }) {
      const begin = performance.now();
      if ((await stream!(items)) !== items) throw new Error('the stream came incomplete');
      return performance.now() - begin;
    },
  };
}
