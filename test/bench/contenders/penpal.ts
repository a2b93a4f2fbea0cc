/** Penpal: methods of the worker, after a handshake. */
import { CallOptions, connect, WorkerMessenger } from 'penpal';
import type { Connection, Contender } from '../contender.ts';
import type { Methods } from './penpal.worker.ts';

export const penpal: Contender = {
  name: 'Penpal',
  notes: {
    events: 'no events: every message asks for an answer',
    stream: 'no streams, and no callback that the worker could tell items to',
  },
  async open(): Promise<Connection> {
    const worker = new Worker(new URL('./penpal.worker.ts', import.meta.url), { type: 'module' });
    const connection = connect<Methods>({ messenger: new WorkerMessenger({ worker }) });
    const remote = await connection.promise;
    return {
      greet: (name) => remote.greet(name),
      echo: (people) => remote.echo(people),
      bounce: (buffer) => remote.bounce(buffer, new CallOptions({ transferables: [buffer] })),
      close() {
        connection.destroy();
        worker.terminate();
      },
    };
  },
};
