/** Comlink: a proxy of an object in the worker. */
import { releaseProxy, transfer, wrap } from 'comlink';
import type { Connection, Contender } from '../contender.ts';
import type { Methods } from './comlink.worker.ts';

export const comlink: Contender = {
  name: 'Comlink',
  notes: { events: 'no events: a callback across is a call with an answer, for each listener' },
  open(): Connection {
    const worker = new Worker(new URL('./comlink.worker.ts', import.meta.url), { type: 'module' });
    const remote = wrap<Methods>(worker);
    return {
      greet: (name) => remote.greet(name),
      echo: (people) => remote.echo(people),
      bounce: (buffer) => remote.bounce(transfer(buffer, [buffer])),
      close() {
        remote[releaseProxy]();
        worker.terminate();
      },
    };
  },
};
