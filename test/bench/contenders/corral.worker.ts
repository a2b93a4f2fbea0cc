/** The core behind Corral: every argument and every event goes through the guard and a schema. */
import { command, createCore, event, serve, transfer } from 'corral/core';
import * as v from 'valibot';
import type { Person } from '../data.ts';

const person = v.custom<Person>((value) => typeof (value as Person | null)?.id === 'number');

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
    burst: command({
      args: v.object({ count: v.number() }),
      handler({ count }, { emit }) {
        for (let id = 1; id <= count; id++) void emit('tick', { id });
      },
    }),
  },
  events: { tick: event(v.object({ id: v.number() })) },
});
export type People = typeof people;

serve(people);
