/** The core's own thread. */
import { serve } from 'corral/core';
import { cities } from './core.ts';

serve(cities);
