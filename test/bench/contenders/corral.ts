/** Corral: typed, validated commands and events. */
import { connect } from 'corral';
import type { Connection, Contender } from '../contender.ts';
import type { People } from './corral.worker.ts';

export const corral: Contender = {
  name: 'Corral',
  open(): Connection {
    const { invoke, listen, close } = connect<People>(
      () => new Worker(new URL('./corral.worker.ts', import.meta.url), { type: 'module' }),
    );
    return {
      greet: (name) => invoke('greet', { name }),
      echo: (people) => invoke('echo', { people }),
      bounce: (buffer) => invoke('bounce', { buffer }, { transfer: [buffer] }),
      subscribe: (listener) => listen('tick', ({ payload }) => listener(payload)),
      burst: (count) => invoke('burst', { count }),
      close,
    };
  },
};
