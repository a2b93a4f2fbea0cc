/** A fresh worker, until its first answer. */
import type { Workload } from '../workload.ts';

export const start: Workload = {
  name: 'start',
  title: 'start to first answer',
  needs: ['greet'],
  rounds: 31,
  budget: { raw: 1.1 },
  async sample(_connection, open) {
    const begin = performance.now();
    const connection = await open();
    await connection.greet!('Ada');
    const took = performance.now() - begin;
    connection.close();
    return took;
  },
};
