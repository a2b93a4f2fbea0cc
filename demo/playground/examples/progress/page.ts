import { Channel, connect } from 'corral';
import type { Oven } from './core.ts';

const { invoke } = connect<Oven>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

const bar = document.querySelector('progress')!;
const output = document.querySelector('output')!;

async function bake(): Promise<void> {
  let messages = 0;
  const progress = new Channel<number>((share) => {
    messages++;
    bar.value = share;
  });
  output.value = await invoke.bake({ loaves: 20, progress });
  console.log(`${output.value} after ${messages} messages, the last one ${bar.value}`);
}

document.querySelector('button')!.addEventListener('click', bake);
await bake();
