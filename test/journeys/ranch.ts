/** A core with something to guard: notes, files in a scope, a plugin with permissions, a vote that waits. */
import * as v from 'valibot';
import { command, createCore, event, plugin, serve, type Decision } from 'corral/core';
import { connect, type Connection } from 'corral';
import { atEnd, open } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

const path = v.object({ path: v.string() });

const disk = plugin({
  name: 'disk',
  commands: {
    read: command({
      args: path,
      scope: { schema: path, matches: (entry, args: { path: string }) => args.path.startsWith(entry.path) },
      handler: ({ path }) => `contents of ${path}`,
    }),
    list: command({ handler: () => ['a'] }),
    remove: command({ args: path, handler: ({ path }) => `removed ${path}` }),
  },
  events: { changed: event(v.string()) },
  permissions: {
    default: { invoke: ['list'], listen: ['changed'] },
    'read-only': { invoke: ['read', 'list'], deny: { invoke: ['remove'] } },
    all: { invoke: ['*'] },
  },
});

/** A core that has noted what ran and what was decided. */
export function createRanch(capabilities: readonly object[] = [], limits: object = {}) {
  const ran: string[] = [];
  const decisions: Decision[] = [];
  const aborted: string[] = [];
  const errors: unknown[] = [];
  let slow: (() => void)[] = [];
  const core = createCore({
    name: unique('ranch'),
    limits,
    capabilities: capabilities as never,
    onDecision: (decision) => void decisions.push(decision),
    onError: (error) => void errors.push(error),
    commands: {
      greet: command({ args: v.object({ name: v.string() }), handler: ({ name }, { client }) => `Hello, ${name}, says ${client.label}` }),
      notes: {
        add: command({ args: v.string(), handler: (text) => void ran.push(text) }),
        remove: command({ args: v.string(), handler: (text) => void ran.push(`-${text}`) }),
      },
      files: {
        read: command({
          args: path,
          scope: {
            schema: v.object({ path: v.string() }),
            async matches(entry, args) {
              await Promise.resolve();
              if (args.path === 'throws') throw new Error('a scope that breaks');
              return args.path.startsWith(entry.path);
            },
          },
          handler: ({ path }) => {
            ran.push(`read ${path}`);
            return path;
          },
        }),
        list: command({
          args: path,
          scope: { schema: path, matches: (entry, args) => args.path.startsWith(entry.path) },
          handler: async (_, { scope }) => {
            const found: string[] = [];
            for (const one of ['/public/a', '/public/secret/b', '/private/c']) if (await scope({ path: one })) found.push(one);
            return found;
          },
        }),
        /** Its scope takes until `settle`. */
        slow: command({
          args: path,
          scope: { schema: path, matches: (entry, args) => new Promise<boolean>((resolve) => slow.push(() => resolve(args.path.startsWith(entry.path)))) },
          handler: ({ path }) => void ran.push(`slow ${path}`),
        }),
        watch: command({
          args: path,
          scope: { schema: path, matches: (entry, args) => args.path.startsWith(entry.path) },
          handler: ({ path }, { signal }) =>
            new Promise<string>((_resolve, reject) => {
              ran.push(`watch ${path}`);
              signal.addEventListener('abort', () => {
                aborted.push(path);
                reject(signal.reason as Error);
              });
            }),
        }),
      },
      wait: command({
        handler: (_, { signal }) =>
          new Promise<string>((_resolve, reject) => {
            ran.push('wait');
            signal.addEventListener('abort', () => {
              aborted.push('wait');
              reject(signal.reason as Error);
            });
          }),
      }),
    },
    events: { news: event(v.string()), secret: event(v.string()), theme: event(v.string(), { retain: true }) },
    plugins: [disk],
  });
  const serveAt = (port: MessagePort, label?: string): (() => void) => serve(core, port, label === undefined ? {} : { label });
  /** A link that the core itself gives to that label. */
  const admit = (label?: string): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    atEnd(serveAt(port1, label));
    return port2;
  };
  return {
    core,
    ran,
    decisions,
    aborted,
    errors,
    admit,
    serve: serveAt,
    /** Answers what the slow scope was asked. */
    settle(): number {
      const asked = slow;
      slow = [];
      for (const answer of asked) answer();
      return asked.length;
    },
    enter: (label?: string): Connection<typeof core> => open<typeof core>(admit(label)),
    claim: (label: string): Connection<typeof core> => open<typeof core>(admit(), { label }),
  };
}

export type Ranch = ReturnType<typeof createRanch>['core'];
export { connect };
