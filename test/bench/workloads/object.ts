/** Nested records, 100 kB as JSON, there and back. */
import { people } from '../data.ts';
import type { Workload } from '../workload.ts';

const trips = 10;
const records = people(445);

export const object: Workload = {
  name: 'object',
  title: '100 kB object there and back',
  needs: ['echo'],
  rounds: 41,
  budget: { raw: 1.1 },
  async sample({ echo }) {
    const begin = performance.now();
    for (let trip = 0; trip < trips; trip++) {
      if ((await echo!(records)).length !== records.length) throw new Error('the records came back incomplete');
    }
    return (performance.now() - begin) / trips;
  },
};
