import { connect, release } from 'corral';
import type { Files } from './core.ts';

const { invoke } = connect<Files>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

const output = document.querySelector('output')!;

async function look(file: File): Promise<void> {
  const handle = await invoke.open({ file });
  output.value = await handle.read({ length: 20 });
  output.value += ` | ${await handle.read({ length: 20 })}`;
  console.log(`read up to byte ${await handle.tell()} of ${file.size}`);
  release(handle); // or: await using handle = await invoke.open({ file });
}

document.querySelector('input')!.addEventListener('change', ({ target }) => {
  const [file] = (target as HTMLInputElement).files ?? [];
  if (file) void look(file);
});

await look(new File(['Twas brillig, and the slithy toves did gyre and gimble in the wabe'], 'jabberwocky.txt'));
