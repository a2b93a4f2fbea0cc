/** As `sequential`, by a client that a capability limits: what the gate costs is the difference. */
import type { Workload } from '../workload.ts';

const calls = 500;

export const gate: Workload = {
  name: 'gate',
  title: 'one call after another, by a client that a capability limits',
  needs: ['limited'],
  rounds: 51,
  budget: { raw: 1.2 },
  async sample({ limited }) {
    const begin = performance.now();
    for (let call = 0; call < calls; call++) await limited?.('Ada');
    return (performance.now() - begin) / calls;
  },
};
