/** Corral, by a client that a capability limits: what the gate costs is the difference. */
import { connect } from 'corral';
import type { Contender } from '../contender.ts';
import type { People } from './corral.worker.ts';

export const corralLimited: Contender = {
  name: 'Corral, limited',
  open() {
    const start = (): Worker => new Worker(new URL('./corral.worker.ts', import.meta.url), { type: 'module' });
    const { invoke, close } = connect<People>(start, { label: 'limited' });
    return { greet: (name) => invoke('greet', { name }), close };
  },
};
