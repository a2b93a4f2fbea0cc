/** A core in a worker that serves every port it is handed under the label that came with it; it can be made busy. */
import * as v from 'valibot';
import { command, createCore, event, serve } from 'corral/core';

export const gate = createCore({
  name: 'gate',
  limits: { stringLength: 1_000_000 },
  commands: {
    greet: command({ args: v.object({ name: v.string() }), handler: ({ name }) => `Hello, ${name}!` }),
    take: command({ args: v.string(), handler: (text) => text.length }),
    measure: command({ args: v.object({ bytes: v.instance(ArrayBuffer) }), handler: ({ bytes }) => bytes.byteLength }),
    busy: command({
      args: v.number(),
      handler: (ms) => {
        for (const end = performance.now() + ms; performance.now() < end; );
      },
    }),
    stats: command({ handler: (): object => gate.stats() }),
  },
  events: { news: event(v.string()) },
  capabilities: [{ identifier: 'guest', clients: ['guest'], invoke: ['greet', 'measure', 'take'] }],
});
export type Gate = typeof gate;

self.addEventListener('message', ({ data: label, ports: [port] }) => {
  if (port) serve(gate, port, label === 'main' ? {} : { label });
});
