/** Corral: typed, validated commands and events. */
import { connect } from 'corral';
import type { Connection, Contender } from '../contender.ts';
import type { People } from './corral.worker.ts';

export const corral: Contender = {
  name: 'Corral',
  open(): Connection {
    const start = (): Worker => new Worker(new URL('./corral.worker.ts', import.meta.url), { type: 'module' });
    const { invoke, invite, listen, close } = connect<People>(start);
    let limited: ReturnType<typeof connect<People>> | undefined;
    return {
      greet: (name) => invoke('greet', { name }),
      echo: (people) => invoke('echo', { people }),
      bounce: (buffer) => invoke('bounce', { buffer }, { transfer: [buffer] }),
      subscribe: (listener) => listen('tick', ({ payload }) => listener(payload)),
      burst: (count) => invoke('burst', { count }),
      limited: (name) => (limited ??= connect<People>(start, { label: 'limited' })).invoke('greet', { name }),
      async flood(calls) {
        const guest = connect<People>(await invite({ label: 'limited' }));
        await Promise.allSettled(Array.from({ length: calls }, () => guest.invoke('greet', { name: 'Bob' })));
        guest.close();
      },
      close() {
        limited?.close();
        close();
      },
    };
  },
};
