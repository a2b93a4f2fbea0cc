import { connect } from 'corral';
import type { Mine } from './core.ts';

const { invoke } = connect<Mine>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

console.log(await invoke.dig({ metres: 10 }));

// A signal, as with fetch: the call rejects with the signal's reason.
const controller = new AbortController();
const digging = invoke.dig({ metres: 1_000 }, { signal: controller.signal });
setTimeout(() => controller.abort(new Error('I changed my mind')), 300);
await digging.catch((error) => console.log(`aborted: ${error.message}`));

// A timeout, in milliseconds: the call rejects with a TimeoutError.
await invoke.dig({ metres: 1_000 }, { timeout: 200 }).catch((error) => console.log(`too slow: ${error.name}`));
