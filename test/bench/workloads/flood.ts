/** One call, while another client of the same worker makes 20,000: how long a neighbour waits for its turn. */
import type { Workload } from '../workload.ts';

const calls = 20_000;

export const flood: Workload = {
  name: 'flood',
  title: 'a call while another client makes 20,000',
  needs: ['flood'],
  rounds: 15,
  budget: { raw: 1 },
  async sample({ greet, flood }) {
    const over = flood?.(calls);
    // The flood is on its way.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const begin = performance.now();
    await greet!('Ada');
    const took = performance.now() - begin;
    await over;
    return took;
  },
};
