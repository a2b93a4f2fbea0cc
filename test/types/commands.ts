/** What a caller may pass, and what it gets back. Compiled, never run. */
import { connect, type Command, type CommandName } from 'corral';
import type { Notes } from './core.ts';
import { same } from './same.ts';

const { invoke } = connect<Notes>(() => new Worker('core.js'));

export async function answers(): Promise<void> {
  same<Awaited<ReturnType<typeof invoke.greet>>, string>(true);
  const hello = await invoke('greet', { name: 'Ada' });
  same<typeof hello, string>(true);

  // Groups nest, and both forms are the same call.
  const added = await invoke('notes.add', { text: 'Milk' });
  const addedToo = await invoke.notes.add({ text: 'Milk', tags: ['food'] });
  same<typeof added, number>(true);
  same<typeof addedToo, number>(true);
  same<Awaited<ReturnType<typeof invoke.notes.archive.all>>, number>(true);
  same<number, Awaited<ReturnType<typeof invoke.notes.archive.all>>>(true);

  // No `args`: no argument. An optional one may be left out.
  await invoke('reset');
  await invoke.reset();
  await invoke.reset(undefined, { timeout: 5_000 });
  await invoke.page();
  await invoke.page({});
  const page = await invoke('page', { from: 3 });
  same<typeof page, { from: number; texts: string[] }>(true);

  // @ts-expect-error the answer is a string
  const wrong: number = await invoke.greet({ name: 'Ada' });
  void wrong;
}

export async function options(signal: AbortSignal, buffer: ArrayBuffer): Promise<void> {
  await invoke('greet', { name: 'Ada' }, { signal, timeout: 5_000, transfer: [buffer], headers: { trace: '1' } });
  await invoke.greet({ name: 'Ada' }, { signal });
  // @ts-expect-error no such option
  await invoke.greet({ name: 'Ada' }, { retries: 3 });
  // @ts-expect-error milliseconds are a number
  await invoke.greet({ name: 'Ada' }, { timeout: '5s' });
  // @ts-expect-error a header is a string
  await invoke.greet({ name: 'Ada' }, { headers: { trace: 1 } });
  // @ts-expect-error a list of what is moved
  await invoke.greet({ name: 'Ada' }, { transfer: buffer });
}

export async function refusals(): Promise<void> {
  // @ts-expect-error no such command
  await invoke('greets', { name: 'Ada' });
  // @ts-expect-error no such command
  await invoke.greets({ name: 'Ada' });
  // @ts-expect-error no such command in the group
  await invoke.notes.remove({ id: 1 });
  // @ts-expect-error no such command in the group
  await invoke('notes.remove', { id: 1 });
  // @ts-expect-error a group is not a command
  await invoke('notes', {});
  // @ts-expect-error a group is not a command
  await invoke.notes({ text: 'Milk' });
  // @ts-expect-error an inherited name is not a command
  await invoke('toString');

  // @ts-expect-error the argument is missing
  await invoke('greet');
  // @ts-expect-error the argument is missing
  await invoke.greet();
  // @ts-expect-error a field is missing
  await invoke.greet({});
  // @ts-expect-error a field is of another type
  await invoke.greet({ name: 1 });
  // @ts-expect-error a field is of another type
  await invoke('greet', { name: 1 });
  // @ts-expect-error a field too many
  await invoke.greet({ name: 'Ada', title: 'Countess' });
  // @ts-expect-error a field too many
  await invoke('greet', { name: 'Ada', title: 'Countess' });
  // @ts-expect-error the command takes no argument
  await invoke.reset({});
  // @ts-expect-error the command takes no argument
  await invoke('reset', { hard: true });
  // @ts-expect-error an argument too many
  await invoke.greet({ name: 'Ada' }, {}, 'more');
}

export function names(): void {
  type Names = CommandName<Notes['~contract']['commands']>;
  same<
    Names,
    | 'greet'
    | 'reset'
    | 'page'
    | 'notes.add'
    | 'notes.archive.all'
    | 'parse'
    | 'plan'
    | 'sign'
    | 'unique'
    | 'blur'
    | 'files.read'
    | 'files.folder.list'
    | 'clock.now'
  >(true);
  same<Notes['~contract']['commands']['reset'], Command<undefined, void, {}>>(true);
}
