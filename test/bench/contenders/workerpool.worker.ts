/** The worker behind workerpool. */
import { Transfer, worker, workerEmit } from 'workerpool';
import type { Person } from '../data.ts';

worker({
  greet: (name: string) => `Hello, ${name}!`,
  echo: (people: Person[]) => people,
  bounce: (buffer: ArrayBuffer) => new Transfer(buffer, [buffer]),
  burst(count: number) {
    for (let id = 1; id <= count; id++) workerEmit({ id });
  },
});
