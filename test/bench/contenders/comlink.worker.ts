/** The worker behind Comlink. */
import { expose, transfer } from 'comlink';
import type { Person } from '../data.ts';

const methods = {
  greet: (name: string) => `Hello, ${name}!`,
  echo: (people: Person[]) => people,
  bounce: (buffer: ArrayBuffer) => transfer(buffer, [buffer]),
};
export type Methods = typeof methods;

expose(methods);
