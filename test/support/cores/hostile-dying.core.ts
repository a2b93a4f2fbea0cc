/** A core that dies, hangs and computes on request. */
import * as v from 'valibot';
import { command, createCore, serve } from 'corral/core';

const milliseconds = v.object({ ms: v.number() });

export const dying = createCore({
  name: 'dying',
  commands: {
    greet: command({ handler: () => 'hello' }),
    sleep: command({ handler: () => new Promise<never>(() => {}) }),
    nap: command({
      args: milliseconds,
      handler: ({ ms }) => new Promise<string>((resolve) => setTimeout(resolve, ms, 'rested')),
    }),
    busy: command({
      args: milliseconds,
      handler({ ms }) {
        for (const end = performance.now() + ms; performance.now() < end;);
        return 'computed';
      },
    }),
    loop: command({
      handler() {
        for (;;);
      },
    }),
    quit: command({ handler: () => void setTimeout(() => self.close()) }),
    die: command({
      handler() {
        self.close();
        return new Promise<never>(() => {});
      },
    }),
  },
});
export type Dying = typeof dying;
serve(dying);
