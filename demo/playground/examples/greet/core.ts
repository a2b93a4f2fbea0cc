import { command, createCore, serve } from 'corral/core';
import * as v from 'valibot';

const greeter = createCore({
  name: 'greeter',
  commands: {
    greet: command({
      args: v.object({ name: v.string() }),
      handler: ({ name }) => `Hello, ${name}!`,
    }),
  },
});

export type Greeter = typeof greeter;
serve(greeter);
