// Somebody else's script, in a sandboxed frame. All it has is the port that it is handed.
import { connect } from 'corral';
import type { Kitchen } from './core.ts';

addEventListener('message', async ({ ports: [port] }) => {
  if (!port) return;
  const { invoke } = connect<Kitchen>(port);
  const say = (error: Error): void => console.log(error.message.split('. ')[0]);

  console.log(await invoke.read({ path: '/public/menu.txt' }));
  await invoke.read({ path: '/secret/recipe.txt' }).catch(say);
  await invoke.read({ path: '/public/../secret/recipe.txt' }).catch(say);
  await invoke.burn().catch(say);
  console.log('That is all I could get.');
});

parent.postMessage('here I am', '*');
