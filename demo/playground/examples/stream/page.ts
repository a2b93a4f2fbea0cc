import { connect } from 'corral';
import type { Camera } from './core.ts';

const { invoke } = connect<Camera>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

let read = 0;
for await (const chunk of await invoke.record()) {
  read += chunk.byteLength / 1024 / 1024;
  // A slow reader. The core waits for it, so that memory stays flat.
  await new Promise((resolve) => setTimeout(resolve, 250));
  console.log(`read ${read} MB, the core has made ${await invoke.made()} MB`);
  if (read === 8) break; // runs the generator's `finally`
}
