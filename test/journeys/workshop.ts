/** Starts the workshop core, in a worker of its own or in one that is shared. */
import { unique } from '../support/unique.ts';

export type { Workshop } from '../support/cores/workshop.core.ts';

const url = new URL('../support/cores/workshop.core.ts', import.meta.url);

/** The name of the worker is the name of the core. */
export const startWorkshop = (name: string = unique()): Worker => new Worker(url, { type: 'module', name });

export const shareWorkshop = (name: string): SharedWorker => new SharedWorker(url, { type: 'module', name });
