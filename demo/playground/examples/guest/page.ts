import { connect } from 'corral';
import type { Kitchen } from './core.ts';

const { invite, invoke } = connect<Kitchen>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

const frame = document.querySelector('iframe')!;

addEventListener('message', async ({ source, data }) => {
  if (source !== frame.contentWindow || data !== 'here I am') return;
  // The core knows the guest by this label alone, whatever the guest says.
  const port = await invite({ label: 'guest' });
  frame.contentWindow?.postMessage('your port', '*', [port]);
});
frame.src = './guest.html'; // runs guest.ts

console.log(await invoke.read({ path: '/secret/recipe.txt' }));
