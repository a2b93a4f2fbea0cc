/** The core that the hostile tests attack. It notes what ran, so that a test can say that nothing did. */
import * as v from 'valibot';
import { command, createCore, event, type Limits } from 'corral/core';

interface Tree {
  left?: Tree | undefined;
  right?: Tree | undefined;
}
const tree: v.GenericSchema<Tree> = v.object({
  left: v.optional(v.lazy(() => tree)),
  right: v.optional(v.lazy(() => tree)),
});

export function createVictim(name: string, limits: Partial<Limits> = {}) {
  /** The commands an attacker aims at, as they ran. */
  const ran: string[] = [];
  const taken: unknown[] = [];
  const errors: unknown[] = [];
  const gates = new Map<string, () => void>();

  const core = createCore({
    name,
    version: '1',
    limits,
    onError: (error) => void errors.push(error),
    commands: {
      greet: command({
        args: v.object({ name: v.string() }),
        returns: v.string(),
        handler: ({ name }) => `Hello, ${name}!`,
      }),
      take: command({
        args: v.any(),
        handler: (value) => {
          ran.push('take');
          taken.push(value);
          return 'taken';
        },
      }),
      sum: command({
        args: v.array(v.number()),
        handler: (list) => {
          ran.push('sum');
          return list.reduce((total, one) => total + one, 0);
        },
      }),
      tree: command({ args: tree, handler: () => void ran.push('tree') }),
      record: command({ args: v.record(v.string(), v.number()), handler: () => void ran.push('record') }),
      headers: command({ handler: (_, { headers }) => ({ ...headers }) }),
      /** Stays open until `release`, or until it is aborted. */
      wait: command({
        args: v.object({ gate: v.string() }),
        handler: ({ gate }, { signal }) =>
          new Promise<string>((resolve, reject) => {
            ran.push(`wait ${gate}`);
            gates.set(gate, () => resolve('released'));
            signal.addEventListener('abort', () => {
              ran.push(`aborted ${gate} ${(signal.reason as Error).name}`);
              reject(signal.reason as Error);
            });
          }),
      }),
      release: command({ args: v.object({ gate: v.string() }), handler: ({ gate }) => gates.get(gate)?.() }),
      quit: command({ handler: () => void setTimeout(() => globalThis.close()) }),
      ran: command({ handler: () => [...ran] }),
      builtIns: command({ handler: () => Reflect.ownKeys(Object.prototype).map(String).sort() }),
    },
    events: {
      news: event(v.string()),
      anything: event(v.any()),
    },
  });
  return { core, ran, taken, errors };
}

export type Victim = ReturnType<typeof createVictim>;
export type VictimCore = Victim['core'];
