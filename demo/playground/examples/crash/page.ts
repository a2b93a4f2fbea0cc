import { connect, type Connection } from 'corral';
import type { Fragile } from './core.ts';

let core: Connection<Fragile>;

async function start(): Promise<void> {
  core = connect<Fragile>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));
  const { close, invoke, listen } = core;
  // A core that is lost is started again, because `connect` was given a function. Listeners move over.
  await listen('corral:core-lost', ({ payload }) => console.log(`lost (${payload.reason}), another one: ${payload.restarting}`));
  await listen('corral:core-restarted', async () => console.log(`restarted, ${await invoke.age()}`));
  // A core that hangs may only be busy, so that giving it up is yours to decide.
  await listen('corral:core-unresponsive', async ({ payload }) => {
    console.log(`silent for ${payload.silentFor} s: I give it up`);
    close();
    await start();
  });
  console.log(await invoke.age());
}

const tell = ({ code, message }: { code: string; message: string }): void => console.log(`${code}: ${message}`);
document.getElementById('crash')!.addEventListener('click', () => core.invoke.crash().catch(tell));
document.getElementById('hang')!.addEventListener('click', () => core.invoke.hang().catch(tell));
await start();
