/** The worker behind Penpal. */
import { connect, Reply, WorkerMessenger } from 'penpal';
import type { Person } from '../data.ts';

const methods = {
  greet: (name: string) => `Hello, ${name}!`,
  echo: (people: Person[]) => people,
  bounce: (buffer: ArrayBuffer) => new Reply(buffer, { transferables: [buffer] }),
};
export type Methods = typeof methods;

connect({ messenger: new WorkerMessenger({ worker: globalThis as unknown as Worker }), methods });
