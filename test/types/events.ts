/** Events by name, with their payloads, from both sides. Compiled, never run. */
import { connect, type Heard, type Unlisten } from 'corral';
import { command, plugin } from 'corral/core';
import { notes, type Notes } from './core.ts';
import { same } from './same.ts';

const { emit, emitTo, listen, once } = connect<Notes>(() => new Worker('core.js'));

export async function clients(signal: AbortSignal): Promise<void> {
  const unlisten = await listen('note-added', (heard) => same<typeof heard, Heard<{ id: number }, 'note-added'>>(true), { signal });
  same<typeof unlisten, Unlisten>(true);
  await once('theme', ({ payload }) => same<typeof payload, 'light' | 'dark'>(true));
  // A listener hears what the schema gives, an emitter passes what it takes.
  await listen('moved', ({ payload }) => same<typeof payload, number>(true));
  await emit('moved', '3');
  await listen('planned', ({ payload }) => same<typeof payload, Date>(true));
  await emit('planned', '2026-11-22');
  await listen('cleared', ({ payload }) => same<typeof payload, undefined>(true));
  await emit('cleared');
  await emitTo('preview', 'theme', 'dark');

  // @ts-expect-error no such event
  await listen('note-removed', () => {});
  // @ts-expect-error the payload has no such field
  await listen('note-added', ({ payload }) => payload.title);
  // @ts-expect-error no such event
  await emit('note-removed', { id: 1 });
  // @ts-expect-error the payload is missing
  await emit('note-added');
  // @ts-expect-error a field of the payload is of another type
  await emit('note-added', { id: '1' });
  // @ts-expect-error a field too many
  await emit('note-added', { id: 1, title: 'Milk' });
  // @ts-expect-error not one of the two
  await emit('theme', 'blue');
  // @ts-expect-error the event carries nothing
  await emit('cleared', 1);
  // @ts-expect-error the schema takes a string
  await emit('moved', 3);
  // @ts-expect-error a payload of another event
  await emitTo('preview', 'theme', { id: 1 });
  // @ts-expect-error no such event
  await emitTo('preview', 'themes', 'dark');
}

export async function lifecycle(): Promise<void> {
  await listen('corral:core-ready', ({ payload }) => same<typeof payload, { client: string }>(true));
  await listen('corral:core-restarted', ({ payload }) => same<typeof payload, { client: string }>(true));
  await listen('corral:core-unresponsive', ({ payload }) => same<typeof payload, { silentFor: number }>(true));
  await listen('corral:core-responsive', ({ payload }) => same<typeof payload, { silentFor: number }>(true));
  await listen('corral:core-lost', ({ payload: { reason, message, restarting } }) => {
    same<typeof message, string>(true);
    same<typeof restarting, boolean>(true);
    void reason;
  });
  await listen('corral:client-joined', ({ payload }) => same<typeof payload, { id: string; label: string }>(true));
  // @ts-expect-error what Corral says can be said by nobody else
  await emit('corral:core-lost', { reason: 'x', message: 'x', restarting: false });
}

export async function cores(): Promise<void> {
  await notes.emit('note-added', { id: 1 });
  await notes.emit('clock.tick', 1);
  await notes.emit('cleared');
  await notes.emitTo('preview', 'theme', 'dark');
  notes.listen('note-added', ({ payload }) => same<typeof payload, { id: number }>(true));
  notes.listen('corral:client-left', ({ payload }) => same<typeof payload, { id: string; label: string }>(true));
  // @ts-expect-error no such event
  await notes.emit('note-removed', { id: 1 });
  // @ts-expect-error a field of the payload is of another type
  await notes.emit('note-added', { id: '1' });
  // @ts-expect-error the payload is missing
  await notes.emit('note-added');
  // @ts-expect-error no such event
  notes.listen('note-removed', () => {});

  // A command or a plugin does not know which core it will be in, so there the schema judges when it runs.
  command({ handler: (_, { emit, emitTo, client }) => Promise.all([emit('any', 1), emitTo('preview', 'any'), client.emit('any', 1)]) });
  plugin({ name: 'any', setup: (core) => core.emit('any', 1) });
}
