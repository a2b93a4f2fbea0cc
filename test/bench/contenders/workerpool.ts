/** workerpool: a pool of one worker, and its queue. */
import { pool } from 'workerpool';
import type { Connection, Contender } from '../contender.ts';
import type { Person, Tick } from '../data.ts';
import script from './workerpool.worker.ts?worker&url';

export const workerpool: Contender = {
  name: 'workerpool',
  notes: {
    burst: 'its queue gives a worker one call at a time',
    events: 'one handler that hands each event to eight functions',
  },
  open(): Connection {
    const workers = pool(script, { maxWorkers: 1, workerType: 'web', workerOpts: { type: 'module' } });
    const listeners: ((tick: Tick) => void)[] = [];
    return {
      greet: async (name) => (await workers.exec('greet', [name])) as string,
      echo: async (people) => (await workers.exec('echo', [people])) as Person[],
      bounce: async (buffer) => (await workers.exec('bounce', [buffer], { transfer: [buffer] })) as ArrayBuffer,
      async subscribe(listener) {
        listeners.push(listener);
      },
      async burst(count) {
        await workers.exec('burst', [count], {
          on(tick: Tick) {
            for (const each of listeners) each(tick);
          },
        });
      },
      close() {
        void workers.terminate(true);
      },
    };
  },
};
