/** What the compiler refuses before anything runs. Compiled, never run. */
import { connect } from 'corral';
import type { Notes } from '../notes/core.ts';

export async function misuse(source: Worker): Promise<void> {
  const { invoke, listen } = connect<Notes>(source);

  // @ts-expect-error no such command
  await invoke('greets', { name: 'Ada' });
  // @ts-expect-error no such command
  await invoke.notes.remove({ id: 1 });
  // @ts-expect-error an argument of another type
  await invoke.greet({ name: 1 });
  // @ts-expect-error an argument left out
  await invoke('notes.add', {});
  // @ts-expect-error an argument to a command that takes none
  await invoke.backup.state({ detail: true });
  // @ts-expect-error the answer is a string
  const answer: number = await invoke.greet({ name: 'Ada' });
  // @ts-expect-error no such event
  await listen('note-removed', () => {});
  // @ts-expect-error the payload has no such field
  await listen('note-added', ({ payload }) => payload.title);

  void answer;
}
