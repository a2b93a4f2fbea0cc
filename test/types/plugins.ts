/** What plugins add to a core, under their names. Compiled, never run. */
import * as v from 'valibot';
import { connect } from 'corral';
import { command, createCore, event, plugin } from 'corral/core';
import type { Notes } from './core.ts';
import { same } from './same.ts';

const { invoke, listen, emit } = connect<Notes>(() => new Worker('core.js'));

export async function clients(): Promise<void> {
  same<Awaited<ReturnType<typeof invoke.files.read>>, string>(true);
  const list = await invoke('files.folder.list');
  same<typeof list, string[]>(true);
  await invoke('clock.now');
  await invoke.clock.now();
  await listen('files.changed', ({ payload }) => same<typeof payload, { path: string }>(true));
  await listen('clock.tick', ({ payload }) => same<typeof payload, number>(true));
  await emit('clock.stopped');

  // @ts-expect-error the plugin's own name comes first
  await invoke('read', { path: 'x' });
  // @ts-expect-error no such command in the plugin
  await invoke.files.write({ path: 'x' });
  // @ts-expect-error an argument of another type
  await invoke.files.read({ path: 1 });
  // @ts-expect-error the plugin's own name comes first
  await listen('changed', () => {});
  // @ts-expect-error an event of the other plugin
  await listen('files.tick', () => {});
  // @ts-expect-error a payload of the other event
  await emit('clock.tick', { path: 'x' });
}

export function cores(): void {
  const one = plugin({ name: 'one', commands: { run: command({ handler: () => 1 }) } });
  const two = plugin({ name: 'two', events: { done: event(v.boolean()) } });
  const only = createCore({ name: 'only', plugins: [one, two] });
  const { invoke } = connect<typeof only>(() => new Worker('core.js'));
  same<Awaited<ReturnType<typeof invoke.one.run>>, number>(true);
  only.emit('two.done', true);
  // @ts-expect-error the payload is true or false
  only.emit('two.done', 1);
  // @ts-expect-error a plugin has a name
  plugin({ commands: {} });
  // @ts-expect-error a plugin is declared with plugin(...)
  createCore({ name: 'x', plugins: [{ commands: { run: command({ handler: () => 1 }) } }] });
}
