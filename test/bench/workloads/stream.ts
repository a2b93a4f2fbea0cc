/** A hundred thousand small items that the worker yields and the page reads, until the last one. */
import type { Workload } from '../workload.ts';

const items = 100_000;

export const stream: Workload = {
  name: 'stream',
  title: 'a stream of 100,000 small items',
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
