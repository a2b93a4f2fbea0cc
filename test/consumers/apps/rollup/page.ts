/** The page: starts the core, built into a file of its own beside this one, and shows what it hears from it. */
import { connect } from 'corral';
import type { Notes } from '../notes/core.ts';
import { show, tour } from '../notes/tour.ts';

let core: Worker;
const notes = connect<Notes>(() => (core = new Worker(new URL('./core.js', import.meta.url), { type: 'module' })));

show(await tour(notes, () => core.terminate()));
notes.close();
