/** A core with streams, channels and resources, any number of attackers at ports of their own, and an honest neighbour. */
import * as v from 'valibot';
import { channel, command, createCore, resource, serve, stream } from 'corral/core';
import { atEnd, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { attackAt, type Attacker } from './siege.ts';

export function besieged(limits = {}) {
  const seen: string[] = [];
  const core = createCore({
    name: unique('channels'),
    commands: {
      read: command({
        args: v.object({ body: stream(v.number()) }),
        handler: async ({ body }) => {
          let total = 0;
          for await (const number of body) total += number;
          return total;
        },
      }),
      hold: command({
        args: v.object({ body: stream(v.any()) }),
        handler: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      }),
      tell: command({
        args: v.object({ to: channel(v.number()) }),
        handler: ({ to }, { signal }) => {
          void to.send(1);
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
        },
      }),
      count: command({
        yields: v.number(),
        async *handler() {
          try {
            for (let i = 0; ; i++) yield i;
          } finally {
            seen.push('finally');
          }
        },
      }),
      open: command({
        handler: () => {
          let secret = 'closed';
          return resource({ name: () => 'a resource', set: (value: string) => (secret = value), get: () => secret }, { onrelease: () => void seen.push('released') });
        },
      }),
      take: command({ args: v.any(), handler: (value: object) => Object.keys(value) }),
      ping: command({ handler: () => 'pong' }),
    },
    onError: (error) => seen.push(`reported ${(error as Error).message}`),
    limits: { violations: 1_000, ...limits },
  });
  const attack = async (): Promise<Attacker> => {
    const { port1, port2 } = new MessageChannel();
    const stop = serve(core, port1);
    atEnd(() => {
      stop();
      port2.close();
    });
    const attacker = attackAt(port2);
    await attacker.hello();
    return attacker;
  };
  return { core, seen, attack, neighbour: openInProcess(core) };
}

export const code = ({ error }: { error?: { data?: { code: string } } | undefined }): string | undefined => error?.data?.code;
