/** What a call may reject with, told apart by its code. Compiled, never run. */
import { connect, CorralError, isCorralError, type CallError, type Code, type Issue } from 'corral';
import { command } from 'corral/core';
import * as v from 'valibot';
import type { Notes } from './core.ts';
import { same } from './same.ts';

const { invoke } = connect<Notes>(() => new Worker('core.js'));

export async function declared(): Promise<void> {
  try {
    await invoke.notes.add({ text: 'Milk' });
  } catch (thrown) {
    const error = thrown as CallError<Notes, 'notes.add'>;
    switch (error.code) {
      case 'NOTES_FULL':
        same<typeof error.details, { limit: number }>(true);
        break;
      case 'DUPLICATE':
        same<typeof error.details, { id: number }>(true);
        break;
      case 'INVALID_ARGUMENTS':
        same<typeof error.details.issues, Issue[]>(true);
        break;
      case 'CONNECTION_LOST':
        void error.details.reason;
        break;
      // @ts-expect-error an error of another command
      case 'TAKEN':
        break;
    }
  }
}

export function codes(): void {
  type NotesAdd = CallError<Notes, 'notes.add'>['code'];
  same<NotesAdd, Code | 'NOTES_FULL' | 'DUPLICATE'>(true);
  same<CallError<Notes, 'greet'>['code'], Code>(true);
  // Zod's errors too.
  same<Extract<CallError<Notes, 'sign'>, { code: 'TAKEN' }>['details'], { by: string }>(true);
  // @ts-expect-error no such command
  type Wrong = CallError<Notes, 'notes.remove'>;
  void (undefined as Wrong | undefined);
}

export function narrowing(error: unknown): void {
  if (isCorralError(error, 'INVALID_PAYLOAD')) same<typeof error.details, { event: string; issues: Issue[] }>(true);
  if (isCorralError(error, 'OVERLOADED')) same<typeof error.details, { limit: string; allowed: number }>(true);
  if (isCorralError(error)) {
    same<typeof error.code, string>(true);
    same<typeof error.side, 'client' | 'core'>(true);
    void (error.details satisfies unknown);
  }
  if (error instanceof CorralError) void error.code;
  // A declared error's code is known to its command only.
  if (isCorralError(error, 'NOTES_FULL')) same<typeof error.code, string>(true);
}

export function failing(): void {
  command({
    errors: { FULL: v.object({ limit: v.number() }) },
    handler: (_, { fail }) => {
      const failed = (): never => fail('FULL', { limit: 1 });
      // @ts-expect-error not declared
      fail('EMPTY', { limit: 1 });
      // @ts-expect-error details of another type
      fail('FULL', { limit: '1' });
      // @ts-expect-error details are missing
      fail('FULL');
      return failed;
    },
  });
  // @ts-expect-error nothing is declared
  command({ handler: (_, { fail }) => fail('FULL', {}) });
}
