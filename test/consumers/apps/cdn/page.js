/** The page: the core's script lies on another origin. `?core=module` takes an ES module, else a classic script. */
const type = new URLSearchParams(location.search).get('core') === 'module' ? 'module' : 'classic';
const script = type === 'module' ? 'https://cdn.example/notes.module.js' : 'https://cdn.example/core.js';

let core;
const notes = Corral.connect(() => (core = Corral.crossOriginWorker(script, { type })));

tour(notes, () => core.terminate())
  .then(show)
  .finally(notes.close);
