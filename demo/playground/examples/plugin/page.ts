import { connect } from 'corral';
import type { App } from './core.ts';

const { invoke, listen } = connect<App>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

console.log(await invoke.hello());
console.log(`it is ${await invoke.clock.now()}`);

let heard = 0;
const stop = await listen('clock.tick', ({ payload }) => {
  console.log(`tick ${payload}`);
  if (++heard === 3) stop();
});
