import { command, createCore, serve } from 'corral/core';
import * as v from 'valibot';

const MEGABYTE = 1024 * 1024;
let made = 0;

const camera = createCore({
  name: 'camera',
  commands: {
    // `yields` makes the answer a stream; each item is checked.
    record: command({
      yields: v.instance(Uint8Array),
      async *handler() {
        try {
          for (;;) {
            made++;
            yield new Uint8Array(MEGABYTE);
          }
        } finally {
          console.log('The camera is switched off.');
        }
      },
    }),
    made: command({ returns: v.number(), handler: () => made }),
  },
});

export type Camera = typeof camera;
serve(camera);
