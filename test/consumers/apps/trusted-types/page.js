/** The page under `require-trusted-types-for 'script'`: a policy vouches for the one worker script that there is. */
const policy = trustedTypes.createPolicy('notes', {
  createScriptURL(url) {
    if (url === 'core.js') return url;
    throw new TypeError(`No worker may run ${url}.`);
  },
});

let core;
const notes = Corral.connect(() => (core = new Worker(policy.createScriptURL('core.js'))));

tour(notes, () => core.terminate())
  .then(show)
  .finally(notes.close);
