/** A core in a worker that lets itself be inspected. */
import { command, createCore, serve } from 'corral/core';
import { relay } from 'corral/devtools';
import * as v from 'valibot';

relay();

const inspected = createCore({
  name: 'inspected',
  commands: {
    greet: command({ args: v.object({ name: v.string() }), handler: ({ name }) => `Hello, ${name}!` }),
    secret: command({ handler: () => 42 }),
    sleep: command({ handler: () => new Promise<void>(() => {}) }),
  },
  capabilities: [{ identifier: 'page', clients: ['main'], invoke: ['greet', 'sleep'] }],
});
export type Inspected = typeof inspected;
serve(inspected);
