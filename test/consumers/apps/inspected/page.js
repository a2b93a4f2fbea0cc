/** The page of the notes app with the inspector beside it, and the core attached. */
const policy = trustedTypes.createPolicy('notes', { createScriptURL: (url) => url });
const inspector = document.querySelector('corral-inspector');

const { invoke } = Corral.connect(() => {
  const worker = new Worker(policy.createScriptURL('core.js'));
  inspector.attach(CorralDevtools.inspect(worker), 'core');
  return worker;
});

invoke.greet({ name: 'Ada' });
