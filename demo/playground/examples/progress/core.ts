import { channel, command, createCore, serve } from 'corral/core';
import * as v from 'valibot';

const oven = createCore({
  name: 'oven',
  commands: {
    bake: command({
      args: v.object({ loaves: v.number(), progress: channel(v.number()) }),
      handler: async ({ loaves, progress }) => {
        for (let baked = 1; baked <= loaves; baked++) {
          await new Promise((resolve) => setTimeout(resolve, 60));
          await progress.send(baked / loaves);
        }
        // What was sent before the answer arrives before it.
        return `${loaves} loaves`;
      },
    }),
  },
});

export type Oven = typeof oven;
serve(oven);
