/** A core for journeys that need a worker: dedicated or shared, named by its worker, and it counts what it does. */
import * as v from 'valibot';
import { command, createCore, event, resource, serve, type CoreStats } from 'corral/core';

let executions = 0;
const aborted: string[] = [];

export const workshop = createCore({
  name: self.name || 'workshop',
  version: '2',
  commands: {
    ping: command({ handler: () => 'pong' }),
    echo: command({ args: v.any(), handler: (value: unknown) => value }),
    /** Runs until it is aborted, and then notes who gave it up. */
    work: command({
      args: v.string(),
      handler: (job, { signal }) => {
        executions++;
        return new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(job);
            reject(signal.reason as Error);
          });
        });
      },
    }),
    count: command({ handler: () => ++executions }),
    numbers: command({
      args: v.number(),
      yields: v.number(),
      async *handler(to) {
        for (let number = 0; number < to; number++) yield number;
      },
    }),
    thing: command({ handler: () => resource({ name: () => 'thing', wait: () => new Promise<never>(() => {}) }) }),
    executions: command({ handler: () => executions }),
    aborted: command({ handler: () => [...aborted] }),
    stats: command({ handler: (): CoreStats => workshop.stats() }),
    /** Computes without a pause. */
    loop: command({
      args: v.number(),
      handler: (ms) => {
        for (const end = performance.now() + ms; performance.now() < end; );
        return 'done';
      },
    }),
    burst: command({
      args: v.object({ from: v.number(), to: v.number() }),
      handler: ({ from, to }, { emit }) => {
        for (let n = from; n < to; n++) void emit('tick', n);
      },
    }),
    quit: command({ handler: () => self.close() }),
    stop: command({ handler: () => void setTimeout(stop) }),
    crash: command({ handler: () => void setTimeout(() => { throw new Error('thrown outside of any call'); }) }),
    reject: command({ handler: () => void Promise.reject(new Error('a rejection that nobody handles')) }),
    failures: command({ handler: () => [...failures] }),
  },
  events: {
    tick: event(v.number()),
    theme: event(v.string(), { retain: true }),
    note: event(v.object({ from: v.string(), n: v.number() })),
    everywhere: event(v.string(), { scope: 'origin' }),
    remembered: event(v.string(), { scope: 'origin', retain: true }),
  },
  onError: (error) => failures.push(String(error)),
});
const failures: string[] = [];
export type Workshop = typeof workshop;
const stop = serve(workshop);
