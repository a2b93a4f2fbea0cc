/** The core that the journeys use, in a worker of its own. */
import * as v from 'valibot';
import { command, createCore, event, plugin, serve, transfer } from 'corral/core';

const stored: string[] = [];

const clock = plugin({
  name: 'clock',
  commands: { now: command({ returns: v.number(), handler: () => 42 }) },
  events: { tick: event(v.number()) },
});

export const notes = createCore({
  name: 'notes',
  version: '1',
  commands: {
    greet: command({ args: v.object({ name: v.string() }), returns: v.string(), handler: ({ name }) => `Hello, ${name}!` }),
    notes: {
      add: command({
        args: v.object({ text: v.pipe(v.string(), v.minLength(1)) }),
        errors: { NOTES_FULL: v.object({ limit: v.number() }) },
        handler: async ({ text }, { emit, fail }) => {
          if (stored.length >= 3) fail('NOTES_FULL', { limit: 3 });
          stored.push(text);
          await emit('note-added', { id: stored.length });
          return stored.length;
        },
      }),
    },
    whoAmI: command({ handler: (_, { client: { label }, headers }) => ({ label, headers: { ...headers } }) }),
    sleep: command({
      args: v.object({ ms: v.number() }),
      handler: ({ ms }, { signal, emit }) =>
        new Promise<string>((resolve, reject) => {
          const timer = setTimeout(() => resolve('slept'), ms);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            void emit('aborted', (signal.reason as Error).name);
            reject(signal.reason as Error);
          });
        }),
    }),
    busy: command({
      args: v.object({ ms: v.number() }),
      handler: ({ ms }) => {
        for (const end = performance.now() + ms; performance.now() < end; );
        return 'done';
      },
    }),
    upper: command({
      args: v.object({ bytes: v.instance(Uint8Array) }),
      handler: ({ bytes }) => transfer(bytes, [bytes.buffer as ArrayBuffer]),
    }),
    quit: command({ handler: () => void setTimeout(() => self.close()) }),
  },
  events: {
    'note-added': event(v.object({ id: v.number() })),
    theme: event(v.picklist(['light', 'dark']), { retain: true }),
    aborted: event(v.string()),
  },
  plugins: [clock],
  onError: () => {},
});
export type Notes = typeof notes;
serve(notes);
