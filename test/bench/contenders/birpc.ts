/** birpc: functions on both sides, over a post function of one's own. */
import { createBirpc } from 'birpc';
import type { Connection, Contender } from '../contender.ts';
import type { Tick } from '../data.ts';
import type { Methods } from './birpc.worker.ts';

export const birpc: Contender = {
  name: 'birpc',
  notes: {
    buffer: 'no transfer: the bytes would be copied',
    events: 'one one-way function that hands each event to eight functions',
  },
  open(): Connection {
    const worker = new Worker(new URL('./birpc.worker.ts', import.meta.url), { type: 'module' });
    const listeners: ((tick: Tick) => void)[] = [];
    const functions = {
      tick(tick: Tick): void {
        for (const each of listeners) each(tick);
      },
    };
    const remote = createBirpc<Methods, typeof functions>(functions, {
      post: (data) => worker.postMessage(data),
      on: (hear) => worker.addEventListener('message', (event) => hear(event.data)),
    });
    return {
      greet: (name) => remote.greet(name),
      echo: (people) => remote.echo(people),
      async subscribe(listener) {
        listeners.push(listener);
      },
      burst: (count) => remote.burst(count),
      close() {
        remote.$close();
        worker.terminate();
      },
    };
  },
};
