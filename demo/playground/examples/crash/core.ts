import { command, createCore, serve } from 'corral/core';

const started = new Date().toLocaleTimeString('en-GB');

const fragile = createCore({
  name: 'fragile',
  commands: {
    age: command({ handler: () => `up since ${started}` }),
    crash: command({ handler: () => self.close() }),
    hang: command({
      handler: () => {
        for (;;);
      },
    }),
  },
});

export type Fragile = typeof fragile;
serve(fragile);
