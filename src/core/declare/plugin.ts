/** Declares a plugin: a named bundle of commands, events and setup, for many cores. */
import type { CommandName, CommandTree, EventMap } from '../../wire/contract.ts';
import type { CoreHandle } from '../kernel.ts';
import type { Grants, NameOrGroup } from './capability.ts';

/** A bundle of grants that a capability takes by its name, `plugin:name`. Names are the plugin's own, without its name before them. */
export interface PermissionSet<CommandNames extends string = string, EventNames extends string = string> {
  readonly description?: string;
  readonly invoke?: readonly NameOrGroup<CommandNames>[];
  readonly listen?: readonly NameOrGroup<EventNames>[];
  readonly emit?: readonly NameOrGroup<EventNames>[];
  readonly deny?: Omit<PermissionSet<CommandNames, EventNames>, 'description' | 'deny'>;
}

/** What `plugin` returns, for `createCore({ plugins })`. */
export interface Plugin<
  Name extends string = string,
  Commands extends CommandTree = CommandTree,
  Events extends EventMap = EventMap,
  Sets extends string = string,
> {
  /** Its commands become `name.command`, its events `name.event`. */
  readonly name: Name;
  readonly commands?: Commands;
  readonly events?: Events;
  /** By name. A capability grants one as `plugin:name`; `plugin:allow-x` and `plugin:deny-x` are there for every command x. */
  readonly permissions?: Readonly<Record<Sets, PermissionSet>>;
  /** Runs before the core's own setup; if it fails, clients are refused. */
  readonly setup?: (core: CoreHandle) => unknown;
  /** What a permission grants, in full names; undefined if there is none of that name. */
  readonly '~permit'?: (set: string) => Grants | undefined;
}

/** A plugin's commands and events under its name, as the core that takes it has them. */
export type PluginCommands<P extends readonly Plugin[]> = {
  readonly [One in P[number] as One['name']]: One extends Plugin<string, infer Commands> ? Commands : never;
};
/** The events of plugins, each as `plugin.event`. */
export type PluginEvents<P extends readonly Plugin[]> = {
  readonly [Name in EventNames<P[number]>]: EventOf<P[number], Name>;
};

/** The permissions that a capability may take from these plugins. */
export type PluginPermissions<P extends readonly Plugin[]> = PermissionsOf<P[number]>;
type PermissionsOf<One> =
  One extends Plugin<infer Name, infer Commands, EventMap, infer Sets> ? `${Name}:${Sets | `${'allow' | 'deny'}-${CommandName<Commands>}`}` : never;

type EventNames<One> = One extends Plugin<infer Name, CommandTree, infer Events, string> ? `${Name}.${keyof Events & string}` : never;

type EventOf<One, Full> =
  One extends Plugin<infer Name, CommandTree, infer Events, string>
    ? Full extends `${Name}.${infer Event}`
      ? Event extends keyof Events
        ? Events[Event]
        : never
      : never
    : never;

/** Declares a plugin, for a core's `plugins: [...]`. Most plugins are a function that returns one: `fs({ root })`. */
export function plugin<
  const Name extends string,
  Commands extends CommandTree = {},
  Events extends EventMap = {},
  Sets extends string = never,
>(
  declaration: Plugin<Name, Commands, Events, Sets> & {
    readonly permissions?: Readonly<Record<Sets, PermissionSet<CommandName<NoInfer<Commands>>, keyof NoInfer<Events> & string>>>;
  },
): Plugin<Name, Commands, Events, Sets> {
  const { name, permissions = {} } = declaration;
  const full = (names: readonly string[] = []): string[] => names.map((one) => `${name}.${one}`);
  const grants = ({ invoke, listen, emit }: PermissionSet): Grants => ({ invoke: full(invoke), listen: full(listen), emit: full(emit) });
  return {
    ...declaration,
    '~permit'(set) {
      const [, verb, command = ''] = /^(allow|deny)-(.+)$/.exec(set) ?? [];
      const found: PermissionSet | '' | undefined = Object.hasOwn(permissions, set)
        ? permissions[set as keyof typeof permissions]
        : verb === 'allow' ? { invoke: [command] } : verb && { deny: { invoke: [command] } };
      return found ? { ...grants(found), deny: grants(found.deny ?? {}) } : undefined;
    },
  };
}
