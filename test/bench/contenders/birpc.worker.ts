/** The worker behind birpc. */
import { createBirpc } from 'birpc';
import type { Person, Tick } from '../data.ts';

const functions = {
  greet: (name: string): string => `Hello, ${name}!`,
  echo: (people: Person[]): Person[] => people,
  burst(count: number): void {
    for (let id = 1; id <= count; id++) void page.tick.asEvent({ id });
  },
};
export type Methods = typeof functions;

const page = createBirpc<{ tick(tick: Tick): void }, Methods>(functions, {
  post: (data) => globalThis.postMessage(data),
  on: (hear) => globalThis.addEventListener('message', (event) => hear(event.data)),
});
