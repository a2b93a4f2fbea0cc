/** Declares a plugin: a named bundle of commands, events and setup, for many cores. */
import type { CommandTree, EventMap } from '../../wire/contract.ts';
import type { CoreHandle } from '../kernel.ts';

export interface Plugin<
  Name extends string = string,
  Commands extends CommandTree = CommandTree,
  Events extends EventMap = EventMap,
> {
  /** Its commands become `name.command`, its events `name.event`. */
  readonly name: Name;
  readonly commands?: Commands;
  readonly events?: Events;
  /** Runs before the core's own setup; if it fails, clients are refused. */
  readonly setup?: (core: CoreHandle) => unknown;
}

/** A plugin's commands and events under its name, as the core that takes it has them. */
export type PluginCommands<P extends readonly Plugin[]> = {
  readonly [One in P[number] as One['name']]: One extends Plugin<string, infer Commands> ? Commands : never;
};
export type PluginEvents<P extends readonly Plugin[]> = {
  readonly [Name in EventNames<P[number]>]: EventOf<P[number], Name>;
};

type EventNames<One> = One extends Plugin<infer Name, CommandTree, infer Events> ? `${Name}.${keyof Events & string}` : never;

type EventOf<One, Full> =
  One extends Plugin<infer Name, CommandTree, infer Events>
    ? Full extends `${Name}.${infer Event}`
      ? Event extends keyof Events
        ? Events[Event]
        : never
      : never
    : never;

/** Declares a plugin, for a core's `plugins: [...]`. Most plugins are a function that returns one: `fs({ root })`. */
export function plugin<const Name extends string, Commands extends CommandTree = {}, Events extends EventMap = {}>(
  declaration: Plugin<Name, Commands, Events>,
): Plugin<Name, Commands, Events> {
  return declaration;
}
