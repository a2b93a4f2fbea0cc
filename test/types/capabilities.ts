/** Names in a capability are the core's own. Compiled, never run. */
import * as v from 'valibot';
import { connect } from 'corral';
import { command, createCore, event, pathScope, plugin, serve, urlScope } from 'corral/core';

const path = v.object({ path: v.string() });

const fs = plugin({
  name: 'fs',
  commands: {
    read: command({ args: path, scope: pathScope(), handler: ({ path }) => path }),
    folder: { list: command({ handler: () => [''] }) },
  },
  events: { changed: event(path) },
  permissions: { default: { invoke: ['folder.list'] }, 'read-only': { invoke: ['read', 'folder.*'], listen: ['changed'] } },
});

const core = createCore({
  name: 'core',
  commands: {
    greet: command({ args: v.string(), handler: (name) => name }),
    notes: { add: command({ handler: () => 1 }), deep: { one: command({ handler: () => 1 }) } },
    get: command({ args: v.object({ to: v.string() }), scope: urlScope('to'), handler: async ({ to }, { scope }) => scope({ to }) }),
  },
  events: { tick: event(v.number()) },
  plugins: [fs],
  capabilities: [
    {
      identifier: 'all',
      clients: ['main', 'preview-*'],
      invoke: ['greet', 'notes.add', 'notes.*', 'notes.deep.*', 'fs.read', 'fs.*', 'fs.folder.*', '*', { command: 'fs.read', allow: [{ path: '/a' }] }, { command: 'get', deny: [{ url: 'https://a/' }] }],
      listen: ['tick', 'fs.changed', 'corral:client-joined', 'fs.*', '*'],
      emit: ['tick', '*'],
      invite: ['anything'],
      permissions: ['fs:default', 'fs:read-only', 'fs:allow-read', 'fs:deny-folder.list', { permission: 'fs:read-only', allow: [{ path: '/a' }] }],
      deny: { invoke: ['notes.add'], listen: ['tick'] },
    },
  ],
});

export function grants(): void {
  core.grant({ identifier: 'x', clients: ['x'], invoke: ['greet'] });
  // @ts-expect-error no such command
  core.grant({ identifier: 'x', clients: ['x'], invoke: ['gret'] });
  // @ts-expect-error no such group
  core.grant({ identifier: 'x', clients: ['x'], invoke: ['note.*'] });
  // @ts-expect-error no such event
  core.grant({ identifier: 'x', clients: ['x'], listen: ['tock'] });
  // @ts-expect-error what only Corral says
  core.grant({ identifier: 'x', clients: ['x'], emit: ['corral:client-left'] });
  // @ts-expect-error no such permission
  core.grant({ identifier: 'x', clients: ['x'], permissions: ['fs:write'] });
  // @ts-expect-error this command has no scope
  core.grant({ identifier: 'x', clients: ['x'], invoke: [{ command: 'greet', allow: [] }] });
  // @ts-expect-error an entry of another scope
  core.grant({ identifier: 'x', clients: ['x'], invoke: [{ command: 'fs.read', allow: [{ url: 'https://a/' }] }] });
  // @ts-expect-error no clients
  core.grant({ identifier: 'x', invoke: ['greet'] });
  // @ts-expect-error no such command, in the declaration itself
  createCore({ name: 'x', commands: { greet: command({ handler: () => 1 }) }, capabilities: [{ identifier: 'x', clients: ['x'], invoke: ['gret'] }] });
  // @ts-expect-error no such command of the plugin
  plugin({ name: 'x', commands: { a: command({ handler: () => 1 }) }, permissions: { all: { invoke: ['b'] } } });
  // @ts-expect-error the scope reads another argument
  command({ args: v.object({ file: v.string() }), scope: pathScope(), handler: () => 1 });
  // @ts-expect-error only a command with a scope can ask for it
  command({ handler: (_, { scope }) => scope });
  serve(core, new MessageChannel().port1, { label: 'x' });
}

export async function invites(): Promise<void> {
  const { invite, invoke } = connect<typeof core>(() => new Worker('core.js'));
  const port: MessagePort = await invite({ label: 'preview-1' });
  connect<typeof core>(port);
  await invoke.fs.read({ path: '/a' });
  // @ts-expect-error an invitation has a label
  await invite({});
}
