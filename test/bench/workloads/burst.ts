/** A thousand calls made in one tick, all awaited. */
import type { Workload } from '../workload.ts';

const calls = 1_000;
const bursts = 3;

export const burst: Workload = {
  name: 'burst',
  title: '1,000 calls at once',
  needs: ['greet'],
  rounds: 41,
  budget: { raw: 0.3, comlink: 7 },
  async sample({ greet }) {
    const begin = performance.now();
    for (let burst = 0; burst < bursts; burst++) {
      await Promise.all(Array.from({ length: calls }, () => greet!('Ada')));
    }
    return (performance.now() - begin) / bursts;
  },
};
