/** The core under attack in a shared worker. */
import { serve } from 'corral/core';
import { createVictim } from '../../hostile/victim.ts';

serve(createVictim(self.name).core);
