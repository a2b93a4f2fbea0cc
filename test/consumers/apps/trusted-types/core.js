/** The core under the same headers: in a worker, `importScripts` wants a policy's word as well. */
const policy = trustedTypes.createPolicy('notes', {
  createScriptURL(url) {
    if (url.startsWith('../script-tag/')) return url;
    throw new TypeError(`The core may not load ${url}.`);
  },
});

importScripts(policy.createScriptURL('../script-tag/corral-core.global.js'));
importScripts(policy.createScriptURL('../script-tag/notes.js'));
