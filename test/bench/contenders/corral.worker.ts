/** The core behind Corral: every argument and every event goes through the guard and a schema. */
import { channel, command, createCore, event, serve, transfer } from 'corral/core';
import * as v from 'valibot';
import { chunks, ticks, type Person } from '../data.ts';

const person = v.custom<Person>((value) => typeof (value as Person | null)?.id === 'number');

const tick = v.object({ id: v.number() });

/** More than a call has to look through. */
const others = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`other${n}`, command({ handler: () => n })]));

const people = createCore({
  name: 'people',
  commands: {
    greet: command({
      args: v.object({ name: v.string() }),
      returns: v.string(),
      handler: ({ name }) => `Hello, ${name}!`,
    }),
    echo: command({
      args: v.object({ people: v.array(person) }),
      handler: ({ people }) => people,
    }),
    bounce: command({
      args: v.object({ buffer: v.instance(ArrayBuffer) }),
      handler: ({ buffer }) => transfer(buffer, [buffer]),
    }),
    items: command({
      args: v.object({ count: v.number() }),
      yields: tick,
      async *handler({ count }) {
        for (const one of ticks(count)) yield one;
      },
    }),
    tell: command({
      args: v.object({ count: v.number(), to: channel(tick) }),
      async handler({ count, to }) {
        for (const one of ticks(count)) await to.send(one);
      },
    }),
    chunks: command({
      args: v.object({ size: v.number() }),
      yields: v.instance(Uint8Array),
      handler({ size }) {
        const source = chunks(size);
        return new ReadableStream<Uint8Array<ArrayBuffer>>({
          pull(controller) {
            const { value, done } = source.next();
            if (done) controller.close();
            else controller.enqueue(value);
          },
        });
      },
    }),
    others,
    burst: command({
      args: v.object({ count: v.number() }),
      handler({ count }, { emit }) {
        for (let id = 1; id <= count; id++) void emit('tick', { id });
      },
    }),
  },
  capabilities: [{ identifier: 'limited', clients: ['limited'], invoke: ['others.*', 'greet'], deny: { invoke: ['burst'] } }],
  events: { tick: event(tick) },
});
export type People = typeof people;

serve(people);
