/** A core with an event whose schema waits for `release`, and calls that wait for `open`. */
import * as v from 'valibot';
import { command, createCore, event, serve } from 'corral/core';

let release = (): void => {};
let open = (): void => {};
const released = new Promise<boolean>((resolve) => (release = () => resolve(true)));
const opened = new Promise<string>((resolve) => (open = () => resolve('opened')));

export const slow = createCore({
  name: 'slow',
  commands: {
    ping: command({ handler: () => 'pong' }),
    wait: command({ args: v.object({ key: v.number() }), handler: () => opened }),
    release: command({ handler: () => release() }),
    open: command({ handler: () => open() }),
  },
  events: {
    slow: event(
      v.pipeAsync(
        v.string(),
        v.checkAsync(() => released),
      ),
    ),
  },
});
export type Slow = typeof slow;
serve(slow);
