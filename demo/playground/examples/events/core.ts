import { createCore, event, serve } from 'corral/core';
import * as v from 'valibot';

const thermometer = createCore({
  name: 'thermometer',
  events: {
    temperature: event(v.number()),
    wish: event(v.pipe(v.number(), v.minValue(10), v.maxValue(30))),
  },
});

let degrees = 15;
let wished = 20;

// The core hears what clients emit, after the event's schema accepted it.
thermometer.listen('wish', ({ payload }) => (wished = payload));

setInterval(() => {
  degrees += Math.sign(wished - degrees);
  void thermometer.emit('temperature', degrees);
}, 300);

export type Thermometer = typeof thermometer;
serve(thermometer);
