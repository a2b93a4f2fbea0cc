/** What an app exports from its modules, when it writes declarations (`declaration`, `composite`). Compiled, never run. */
import { connect } from 'corral';
import { channel, command, createCore, event, pathScope, plugin, resource, stream } from 'corral/core';
import { connectInProcess } from 'corral/testing';
import * as v from 'valibot';

export const clock = plugin({ name: 'clock', commands: { now: command({ handler: () => 1 }) }, events: { tick: event(v.number()) } });
export const files = pathScope();

export const core = createCore({
  name: 'exported',
  plugins: [clock],
  commands: {
    read: command({ args: v.object({ path: v.string() }), scope: files, handler: ({ path }) => path }),
    open: command({ errors: { GONE: v.object({ at: v.number() }) }, handler: () => resource({ line: (n: number) => String(n) }) }),
    save: command({ args: v.object({ body: stream(v.instance(Uint8Array)), progress: channel(v.number()) }), handler: () => 1 }),
    rows: command({
      yields: v.number(),
      async *handler() {
        yield 1;
      },
    }),
  },
  events: { theme: event(v.picklist(['light', 'dark']), { retain: true }) },
  capabilities: [{ identifier: 'preview', clients: ['preview'], invoke: ['read'] }],
});

export const plain = createCore({ name: 'plain', commands: { hi: command({ handler: () => 1 }) } });
export const connection = connectInProcess(core);
export const { invoke, listen, once, emit, emitTo, invite, close, stats } = connect<typeof core>(() => new Worker('core.js'));
