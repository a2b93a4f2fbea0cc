/** A core as a classic worker that lets itself be inspected. */
const policy = trustedTypes.createPolicy('notes', { createScriptURL: (url) => url });
importScripts(policy.createScriptURL('../script-tag/corral-core.global.js'), policy.createScriptURL('../script-tag/corral-devtools.global.js'));

CorralDevtools.relay();
const { command, createCore, serve, v } = Corral;
serve(createCore({ name: 'inspected', commands: { greet: command({ args: v.object({ name: v.string() }), handler: ({ name }) => `Hello, ${name}!` }) } }));
