/** The page: starts the core in a module worker, and shows what it hears from it. */
import { connect } from 'corral';
import type { Notes } from '../notes/core.ts';
import { show, tour } from '../notes/tour.ts';

let core: Worker;
const notes = connect<Notes>(
  () => (core = new Worker(new URL('../notes/core.ts', import.meta.url), { type: 'module' })),
);

show(await tour(notes, () => core.terminate()));
notes.close();
