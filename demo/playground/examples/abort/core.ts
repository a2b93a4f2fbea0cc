import { command, createCore, serve } from 'corral/core';
import * as v from 'valibot';

const mine = createCore({
  name: 'mine',
  commands: {
    dig: command({
      args: v.object({ metres: v.number() }),
      handler: async ({ metres }, { signal }) => {
        // Aborts when the page cancels, when its time is up, and when the page goes away.
        signal.addEventListener('abort', () => console.log(`stopped at ${dug} m: ${signal.reason}`));
        let dug = 0;
        while (dug < metres && !signal.aborted) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          dug++;
        }
        return `${dug} m deep`;
      },
    }),
  },
});

export type Mine = typeof mine;
serve(mine);
