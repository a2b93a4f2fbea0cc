/** A core whose start goes wrong in the way that its URL asks for, without awaiting anything. */
import { command, createCore, serve } from 'corral/core';

const fault = self.location.search.slice(1);

export const starting = createCore({
  name: 'starting',
  onError: () => {},
  commands: { greet: command({ handler: () => 'hello' }) },
  setup() {
    if (fault === 'setup-throws') throw new Error('no disk');
    if (fault === 'setup-never') return new Promise(() => {});
  },
});
export type Starting = typeof starting;

if (fault === 'throw-before') throw new Error('thrown before');
if (fault !== 'no-serve') serve(starting);
if (fault === 'throw-after') throw new Error('thrown after');
