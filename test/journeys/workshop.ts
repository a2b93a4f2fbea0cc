/** Starts the workshop core, in a worker of its own or in one that is shared. */
import { atEnd } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

export type { Workshop } from '../support/cores/workshop.core.ts';

const url = new URL('../support/cores/workshop.core.ts', import.meta.url);

/** The name of the worker is the name of the core. */
export const startWorkshop = (name: string = unique()): Worker => new Worker(url, { type: 'module', name });

export const shareWorkshop = (name: string): SharedWorker => new SharedWorker(url, { type: 'module', name });

/** A name for a shared workshop, which is closed at the end of the test: it would live as long as this page. */
export function sharedName(): string {
  const name = unique('shared');
  atEnd(() => {
    const { port } = shareWorkshop(name);
    port.postMessage({ jsonrpc: '2.0', method: 'quit' });
  });
  return name;
}
