/** The worker behind Comlink. */
import { expose, transfer } from 'comlink';
import { chunks, ticks, type Person, type Tick } from '../data.ts';

const methods = {
  greet: (name: string) => `Hello, ${name}!`,
  echo: (people: Person[]) => people,
  async items(count: number, hear: (tick: Tick) => void) {
    await Promise.all(Array.from(ticks(count), (tick) => hear(tick)));
  },
  async chunks(size: number, hear: (chunk: Uint8Array) => void) {
    await Promise.all(Array.from(chunks(size), (chunk) => hear(transfer(chunk, [chunk.buffer]))));
  },
  bounce: (buffer: ArrayBuffer) => transfer(buffer, [buffer]),
};
export type Methods = typeof methods;

expose(methods);
