/** Bytes that the worker makes in chunks of 64 kB and the page reads, until the last one. */
import type { Workload } from '../workload.ts';

export const bytes: Workload = {
  ...work('bytes', 10, 15),
  title: 'a stream of 10 MB in chunks of 64 kB',
};
export const manyBytes: Workload = {
  ...work('many-bytes', 200, 5),
  title: 'a stream of 200 MB in chunks of 64 kB',
};

function work(name: string, megabytes: number, rounds: number): Omit<Workload, 'title'> {
  const count = megabytes * 1_000_000;
  return {
    name,
    needs: ['bytes'],
    rounds,
    budget: {},
    amount: { of: 'bytes', count },
    async sample({ bytes }) {
      const begin = performance.now();
      if ((await bytes!(count)) !== count) throw new Error('the bytes came incomplete');
      return performance.now() - begin;
    },
  };
}
