import { command, createCore, event, plugin, serve } from 'corral/core';
import * as v from 'valibot';

// A bundle of commands and events for many cores. In a core they begin with its name: `clock.now`, `clock.tick`.
const clock = (every: number) =>
  plugin({
    name: 'clock',
    commands: { now: command({ returns: v.string(), handler: () => new Date().toISOString() }) },
    events: { tick: event(v.number()) },
    setup: (core) => {
      let count = 0;
      setInterval(() => void core.emit('clock.tick', ++count), every);
    },
  });

const app = createCore({
  name: 'app',
  plugins: [clock(200)],
  // Around every call, the plugin's too.
  middleware: [
    async (call, next) => {
      console.log(`${call.client.label} calls ${call.command}`);
      return next();
    },
  ],
  commands: { hello: command({ handler: () => 'from the app itself' }) },
});

export type App = typeof app;
serve(app);
