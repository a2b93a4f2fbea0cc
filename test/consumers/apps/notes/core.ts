/** The core of the notes app: it owns the notes, and runs in a worker. */
import { command, createCore, event, serve } from 'corral/core';
import * as v from 'valibot';

const noteSchema = v.object({ id: v.number(), text: v.string() });

const kept: v.InferOutput<typeof noteSchema>[] = [];
let backup: 'idle' | 'running' | 'stopped' = 'idle';

export const notes = createCore({
  name: 'notes',
  commands: {
    greet: command({
      args: v.object({ name: v.string() }),
      returns: v.string(),
      handler: ({ name }) => `Hello, ${name}!`,
    }),
    notes: {
      add: command({
        args: v.object({ text: v.pipe(v.string(), v.minLength(1)) }),
        returns: noteSchema,
        handler: async ({ text }, { emit }) => {
          const note = { id: kept.length + 1, text };
          kept.push(note);
          await emit('note-added', note);
          return note;
        },
      }),
    },
    backup: {
      /** Runs until its caller gives up, as work that takes an hour would. */
      run: command({
        handler: (_, { signal }) => {
          backup = 'running';
          return new Promise<void>((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              backup = 'stopped';
              reject(signal.reason);
            });
          });
        },
      }),
      state: command({ handler: () => backup }),
    },
  },
  events: {
    'note-added': event(noteSchema),
  },
});

export type Notes = typeof notes;

serve(notes);
