import { createCore, event, serve } from 'corral/core';
import * as v from 'valibot';

const settings = createCore({
  name: 'settings',
  events: {
    // A new listener gets the last value first, whenever it comes.
    theme: event(v.picklist(['light', 'dark']), { retain: true }),
    click: event(v.number()),
  },
});

export type Settings = typeof settings;
serve(settings);
