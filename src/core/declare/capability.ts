/** Describes who may do what: reads a capability, and refuses one that contradicts itself or names what does not exist. */
import * as v from 'valibot';
import type { CommandAt, CommandName, CoreLifecycle, EntryOf } from '../../wire/contract.ts';
import { quote } from '../../wire/errors.ts';
import { sentence } from '../failure.ts';
import { matchesGlob } from '../glob.ts';
import type { DeclaredCommand } from '../kernel.ts';
import { insist, validate } from '../validate.ts';
import type { Plugin } from './plugin.ts';

/** What a client may ask for. To invite is to hand out a port under a narrower label. */
export type Action = 'invoke' | 'listen' | 'emit' | 'invite';

/** A name, a group of names (`notes.*`), or all (`*`). */
export type NameOrGroup<Name extends string> = Name | GroupOf<Name> | '*';
type GroupOf<Name extends string> = Name extends `${infer Group}.${infer Rest}` ? `${Group}.*` | `${Group}.${GroupOf<Rest>}` : never;

/** A command within limits: what its `scope` finds in `allow`, and never what it finds in `deny`. Without `allow`: all but that. */
export type ScopedGrant<Tree, Name extends CommandName<Tree> = CommandName<Tree>> = Name extends Name
  ? [EntryOf<CommandAt<Tree, Name>>] extends [never]
    ? never
    : { readonly command: Name; readonly allow?: readonly EntryOf<CommandAt<Tree, Name>>[]; readonly deny?: readonly EntryOf<CommandAt<Tree, Name>>[] }
  : never;

/** A grant. What several capabilities give to a label adds up; what one of them denies to it, none gives. */
export interface Capability<Tree = unknown, EventName extends string = string, Permission extends string = string> {
  /** By this it is revoked, and named in the audit. */
  readonly identifier: string;
  readonly description?: string;
  /** Labels; `*` stands for any run of characters. A label that is named here has what its capabilities say, and nothing else. */
  readonly clients: readonly string[];
  /** Without a scope, a command is granted whole. */
  readonly invoke?: readonly (NameOrGroup<CommandName<Tree>> | ScopedGrant<Tree>)[];
  readonly listen?: readonly NameOrGroup<EventName | keyof CoreLifecycle>[];
  readonly emit?: readonly NameOrGroup<EventName>[];
  /** The labels that these clients may hand out, each with no more than they have themselves. */
  readonly invite?: readonly string[];
  /** A plugin's own bundles of grants: `fs:default`, `fs:read-only`, `fs:allow-read`, `fs:deny-remove`. */
  readonly permissions?: readonly (Permission | { readonly permission: Permission; readonly allow?: readonly unknown[]; readonly deny?: readonly unknown[] })[];
  /** What these clients may not do, whoever grants it to them. */
  readonly deny?: {
    readonly invoke?: readonly NameOrGroup<CommandName<Tree>>[];
    readonly listen?: readonly NameOrGroup<EventName | keyof CoreLifecycle>[];
    readonly emit?: readonly NameOrGroup<EventName>[];
    readonly invite?: readonly string[];
  };
}

/** One line of a capability. */
export interface Rule {
  readonly capability: string;
  readonly action: Action;
  /** May hold `*`. */
  readonly name: string;
  readonly denies: boolean;
  /** Entries as the command's scope reads them; undefined grants the command whole. */
  readonly allow: readonly unknown[] | undefined;
  /** Entries that limit every grant of the command. */
  readonly except: readonly unknown[];
}

export interface ReadCapability {
  readonly source: Capability;
  readonly clients: readonly string[];
  readonly rules: readonly Rule[];
}

/** What a capability may name. */
export interface Declared {
  readonly commands: ReadonlyMap<string, DeclaredCommand>;
  readonly events: ReadonlyMap<string, unknown>;
  readonly plugins: readonly Plugin[];
}

/** What a capability and a plugin's permission have in common. */
export interface Grants {
  readonly invoke?: readonly (string | ({ readonly command: string } & Limits))[];
  readonly listen?: readonly string[];
  readonly emit?: readonly string[];
  readonly invite?: readonly string[];
  readonly deny?: Grants;
}
interface Limits {
  readonly allow?: readonly unknown[];
  readonly deny?: readonly unknown[];
}

const optionalArray = (of: v.GenericSchema) => v.optional(v.array(of));
const NAMES = optionalArray(v.string());
const ENTRIES = optionalArray(v.unknown());
const limited = (key: string) => optionalArray(v.union([v.string(), v.strictObject({ [key]: v.string(), allow: ENTRIES, deny: ENTRIES })]));
const DENIED = { invoke: NAMES, listen: NAMES, emit: NAMES, invite: NAMES };
const CAPABILITY = v.strictObject({
  ...DENIED,
  identifier: v.string(),
  description: v.optional(v.string()),
  clients: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[\w\-./:*]{1,64}$/))), v.minLength(1)),
  invoke: limited('command'),
  permissions: limited('permission'),
  deny: v.optional(v.strictObject(DENIED)),
});

/** Throws a TypeError that names the fault. */
export function readCapability(source: Capability, { commands, events, plugins }: Declared): ReadCapability {
  const what = `capability ${quote(String(Object(source).identifier))}`;
  const { identifier, clients, permissions = [], ...grants } = insist(what, CAPABILITY, source) as Capability;
  const known = { invoke: [...commands.keys()], listen: [...events.keys(), 'corral:client-joined', 'corral:client-left'], emit: [...events.keys()] };
  const rules: Rule[] = [];

  add(grants as Grants);
  const denied = rules.find(({ action, name, denies }) => denies && rules.some((one) => !one.denies && one.action === action && one.name === name));
  if (denied) refuse(`both grants and denies ${quote(denied.name)}`);
  for (const one of permissions) {
    const { permission = one as string, ...limits } = Object(one) as Limits & { permission?: string };
    const [plugin, set = ''] = permission.split(':');
    const found = plugins.find(({ name }) => name === plugin)?.['~permit']?.(set);
    if (!found) refuse(`names no permission of a plugin: ${quote(permission)}`);
    // The limits are for those of its commands that have a scope.
    add({ ...found, invoke: (found.invoke ?? []).map((command) => (commands.get(command as string)?.scope ? { command: command as string, ...limits } : command)) });
  }
  const partly = rules.find(({ allow, name }) => allow && rules.some((one) => one.action === 'invoke' && !one.denies && !one.allow && matchesGlob(one.name, name)));
  if (partly) refuse(`grants a part of ${quote(partly.name)}, and also the whole`);
  return { source, clients, rules };

  function add({ deny, ...granted }: Grants, denies = false): void {
    for (const action of ['invoke', 'listen', 'emit', 'invite'] as const) {
      for (const entry of granted[action] ?? []) {
        const { command: name = entry as string, allow, deny: except = [] } = Object(entry) as Limits & { command?: string };
        if (action !== 'invite' && name !== '*' && !known[action].some((one) => matchesGlob(name, one))) refuse(`names nothing to ${action}: ${quote(name)}`);
        const read = (one: unknown): unknown => readEntry(name, one);
        rules.push({ capability: identifier, action, name, denies, allow: allow?.map(read), except: except.map(read) });
      }
    }
    if (deny) add(deny, true);
  }

  function readEntry(command: string, entry: unknown): unknown {
    const scope = commands.get(command)?.scope;
    if (!scope) refuse(`limits ${quote(command)}, which has no scope`);
    const verdict = validate(scope.schema, entry);
    if (verdict instanceof Promise) refuse(`limits ${quote(command)}, whose scope has an asynchronous schema`);
    return verdict.issues ? refuse(`limits ${quote(command)} by what its scope refuses: ${sentence(verdict.issues)}`) : verdict.value;
  }

  function refuse(why: string): never {
    throw new TypeError(`${what} ${why.replace(/\.$/, '')}.`);
  }
}
