/** A core that has one of everything, for the other files here. Compiled, never run. */
import * as v from 'valibot';
import * as z from 'zod';
import { command, createCore, event, plugin, transfer, type Schema } from 'corral/core';

/** A Standard Schema by hand: it takes a string and gives a Date, later. */
export const day: Schema<string, Date> = {
  '~standard': {
    version: 1,
    vendor: 'by hand',
    validate: async (value) => (typeof value === 'string' ? { value: new Date(value) } : { issues: [{ message: 'Expected a day' }] }),
  },
};

export interface FileOptions {
  readonly root: string;
}

const files = ({ root }: FileOptions) =>
  plugin({
    name: 'files',
    commands: {
      read: command({ args: v.object({ path: v.string() }), returns: v.string(), handler: ({ path }) => `${root}/${path}` }),
      folder: { list: command({ handler: () => [root] }) },
    },
    events: { changed: event(v.object({ path: v.string() })) },
  });

const clock = plugin({ name: 'clock', commands: { now: command({ handler: () => Date.now() }) }, events: { tick: event(v.number()), stopped: event() } });

export const notes = createCore({
  name: 'notes',
  version: '1',
  commands: {
    greet: command({ args: v.object({ name: v.string() }), returns: v.string(), handler: ({ name }) => `Hello, ${name}!` }),
    reset: command({ handler: () => {} }),
    page: command({
      args: v.optional(v.object({ from: v.optional(v.number(), 0) })),
      handler: (range) => ({ from: range?.from ?? 0, texts: ['a'] }),
    }),
    notes: {
      add: command({
        args: v.object({ text: v.string(), tags: v.optional(v.array(v.string()), []) }),
        errors: { NOTES_FULL: v.object({ limit: v.number() }), DUPLICATE: v.object({ id: v.number() }) },
        handler: async ({ text, tags }, { fail }) => (text ? tags.length : fail('NOTES_FULL', { limit: 3 })),
      }),
      archive: { all: command({ handler: async () => 3 }) },
    },
    parse: command({ args: v.pipe(v.string(), v.transform(Number)), returns: v.pipe(v.number(), v.transform(String)), handler: (number) => number + 1 }),
    plan: command({ args: day, handler: (date) => date.getTime() }),
    sign: command({
      args: z.object({ email: z.email(), age: z.coerce.number<string>() }),
      returns: z.object({ id: z.uuid() }),
      errors: { TAKEN: z.object({ by: z.string() }) },
      handler: ({ age }, { fail }) => (age < 18 ? fail('TAKEN', { by: 'x' }) : { id: crypto.randomUUID() }),
    }),
    unique: command({
      args: v.pipeAsync(v.string(), v.checkAsync(async (name) => name.length > 3)),
      handler: (name) => name.length,
    }),
    blur: command({
      args: v.object({ pixels: v.instance(Uint8Array) }),
      handler: ({ pixels }) => transfer({ pixels, width: 4 }, [pixels.buffer as ArrayBuffer]),
    }),
  },
  events: {
    'note-added': event(v.object({ id: v.number() })),
    theme: event(v.picklist(['light', 'dark']), { retain: true }),
    moved: event(v.pipe(v.string(), v.transform(Number))),
    cleared: event(),
    planned: event(day, { scope: 'origin' }),
  },
  plugins: [files({ root: '/docs' }), clock],
});

export type Notes = typeof notes;
