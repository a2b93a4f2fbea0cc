/** Any Standard Schema: callers pass its input, handlers get its output. Compiled, never run. */
import * as v from 'valibot';
import * as z from 'zod';
import { connect } from 'corral';
import { command, createCore, event } from 'corral/core';
import { day, type Notes } from './core.ts';
import { same } from './same.ts';

const { invoke } = connect<Notes>(() => new Worker('core.js'));

export async function callers(): Promise<void> {
  // Valibot: `args` turns a string into a number, `returns` a number into a string.
  same<Parameters<typeof invoke.parse>[0], string>(true);
  same<Awaited<ReturnType<typeof invoke.parse>>, string>(true);
  // An asynchronous schema, Valibot's or by hand.
  await invoke.unique('Ada');
  await invoke.plan('2026-11-22');
  // Zod.
  same<Parameters<typeof invoke.sign>[0], { email: string; age: string }>(true);
  same<Awaited<ReturnType<typeof invoke.sign>>, { id: string }>(true);

  // @ts-expect-error the input is a string
  await invoke.parse(1);
  // @ts-expect-error the input is a day's text
  await invoke.plan(new Date());
  // @ts-expect-error the input is text; the schema makes a number of it
  await invoke.sign({ email: 'ada@example.org', age: 36 });
}

export function handlers(): void {
  command({
    args: v.object({ at: v.pipe(v.string(), v.transform((text) => new Date(text))), count: v.optional(v.number(), 1) }),
    handler: (args) => same<typeof args, { at: Date; count: number }>(true),
  });
  command({ args: day, handler: (date) => same<typeof date, Date>(true) });
  command({ args: z.object({ age: z.coerce.number() }), handler: (args) => same<typeof args, { age: number }>(true) });
  command({ handler: (args) => same<typeof args, undefined>(true) });

  // The handler answers with the input of `returns`, at once or later.
  command({ returns: v.pipe(v.number(), v.transform(String)), handler: () => 1 });
  command({ returns: v.string(), handler: async () => 'later' });
  // @ts-expect-error the answer is not what `returns` takes
  command({ returns: v.string(), handler: () => 1 });
  // @ts-expect-error nor is the promised one
  command({ returns: v.string(), handler: async () => 1 });
  // @ts-expect-error a handler is required
  command({ args: v.string() });
  // @ts-expect-error a description of a type is no schema
  command({ args: { name: 'string' }, handler: () => {} });
  // @ts-expect-error the schema gives no such field
  command({ args: v.object({ name: v.string() }), handler: ({ title }) => title });
}

export function cores(): void {
  // @ts-expect-error a core has a name
  createCore({ commands: {} });
  // @ts-expect-error a command is declared with command(...)
  createCore({ name: 'x', commands: { now: () => 1 } });
  // @ts-expect-error an event is declared with event(...)
  createCore({ name: 'x', events: { tick: v.number() } });
  // @ts-expect-error no such limit
  createCore({ name: 'x', limits: { memory: 1 } });
  // @ts-expect-error no such option
  createCore({ name: 'x', comands: {} });
  // @ts-expect-error no such reach
  event(v.number(), { scope: 'world' });
  // @ts-expect-error an event's schema is a schema
  event('number');
}
