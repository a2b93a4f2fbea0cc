import { connect } from 'corral';
import type { Greeter } from './core.ts';

const { invoke } = connect<Greeter>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));
const [name, greeting] = document.querySelectorAll<HTMLInputElement | HTMLOutputElement>('input, output');

document.querySelector('form')!.addEventListener('submit', async (event) => {
  event.preventDefault();
  greeting!.value = await invoke.greet({ name: name!.value });
});
