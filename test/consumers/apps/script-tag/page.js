/** The page: starts the core in a classic worker, and shows what it hears from it. */
let core;
const notes = Corral.connect(() => (core = new Worker('core.js')));

tour(notes, () => core.terminate())
  .then(show)
  .finally(notes.close);
