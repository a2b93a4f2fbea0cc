/** The core under attack in a worker: serves every port that it is handed, so that attacker and neighbour are strangers. */
import { serve } from 'corral/core';
import { createVictim, type VictimCore } from '../../hostile/victim.ts';

let core: VictimCore | undefined;

self.addEventListener('message', ({ data, ports: [port] }) => {
  core ??= createVictim(String(data)).core;
  if (port) serve(core, port);
});
