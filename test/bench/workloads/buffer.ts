/** A buffer of 10 MB, transferred there and back. */
import type { Workload } from '../workload.ts';

const trips = 20;
const bytes = 10 * 1024 * 1024;

export const buffer: Workload = {
  name: 'buffer',
  title: '10 MB ArrayBuffer transferred there and back',
  needs: ['bounce'],
  rounds: 101,
  budget: { raw: 1.1 },
  async sample({ bounce }) {
    let ball = new ArrayBuffer(bytes);
    const begin = performance.now();
    for (let trip = 0; trip < trips; trip++) ball = await bounce!(ball);
    const took = performance.now() - begin;
    if (ball.byteLength !== bytes) throw new Error('the buffer came back incomplete');
    return took / trips;
  },
};
