/** A core that hears the other tabs of its origin; its worker's name is its own. */
import * as v from 'valibot';
import { createCore, event, serve } from 'corral/core';

export const origin = createCore({ name: self.name, events: { far: event(v.string(), { scope: 'origin' }) } });
export type Origin = typeof origin;
serve(origin);
