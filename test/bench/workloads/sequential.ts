/** One call after another, each waiting for the one before. */
import type { Workload } from '../workload.ts';

const calls = 500;

export const sequential: Workload = {
  name: 'sequential',
  title: 'one call after another, tiny arguments',
  needs: ['greet'],
  rounds: 51,
  budget: { raw: 1.15, comlink: 1.5 },
  async sample({ greet }) {
    const begin = performance.now();
    for (let call = 0; call < calls; call++) await greet!('Ada');
    return (performance.now() - begin) / calls;
  },
};
