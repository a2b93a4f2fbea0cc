/** Joins declarations into a core. What contradicts itself is refused here, before the first message. */
import * as v from 'valibot';
import { isObject } from '../wire/messages.ts';
import { holdLock } from '../wire/lock.ts';
import { randomName } from '../wire/random.ts';
import type { CommandTree, Contract, EventMap } from '../wire/contract.ts';
import { createAuthority, type OnDecision } from './authority.ts';
import { readCapability, type Capability } from './declare/capability.ts';
import { declared as named, type CommandDeclaration } from './declare/command.ts';
import type { DeclaredEvent } from './declare/event.ts';
import type { Plugin, PluginCommands, PluginEvents, PluginPermissions } from './declare/plugin.ts';
import { createEvents, newBusName } from './events.ts';
import { messageOf, report } from './failure.ts';
import type { CoreHandle, DeclaredCommand, Kernel, Limits, Middleware, OnError } from './kernel.ts';
import { judgeAgain } from './revoke.ts';
import { insist } from './validate.ts';

/** What a core is made of. */
export interface CoreOptions<Commands extends CommandTree, Events extends EventMap, Plugins extends readonly Plugin[]> {
  /** Names the bus and the locks: 1 to 64 letters, digits or any of `-_./`. */
  readonly name: string;
  /** The contract's version. A client that asks for another one is refused. */
  readonly version?: string;
  readonly commands?: Commands;
  readonly events?: Events;
  /** Each adds its commands and events under its own name. */
  readonly plugins?: Plugins;
  /**
   * Who may do what. A label that a capability names has exactly what its capabilities say. Of the others, the client
   * that started the worker (label `main`) may do everything, and everyone else nothing.
   */
  readonly capabilities?: readonly CapabilityOf<NoInfer<Commands>, NoInfer<Events>, NoInfer<Plugins>>[];
  /** Sees every yes and no: the audit log. Left out, it costs nothing. */
  readonly onDecision?: OnDecision;
  /** Layers around every permitted, validated call, outermost first. */
  readonly middleware?: readonly Middleware[];
  /** Runs once, after the plugins' setups and before the first call; calls wait for it. If it fails, clients are refused with the cause. */
  readonly setup?: (core: CoreHandle) => unknown;
  /** Lets the message of a handler's own error cross to its caller. Default false: the caller only learns that it failed. */
  readonly exposeErrors?: boolean;
  /** Hears of every failure that a client is not told in full. Default: the console. */
  readonly onError?: OnError;
  readonly limits?: Partial<Limits>;
}

type CapabilityOf<Commands, Events, Plugins extends readonly Plugin[]> = Capability<
  Commands & PluginCommands<Plugins>,
  keyof (Events & PluginEvents<Plugins>) & string,
  PluginPermissions<Plugins>
>;

/** What `createCore` adds to a core's handle: the same, with names that autocomplete. */
export interface Gate<One> {
  /** Adds a capability while the core runs, in place of the one of that identifier. What it takes from a client ends at once. */
  grant(capability: One): void;
}

/** A core, to be served. `typeof` it is what a client's `connect` needs, and types are all a page imports of it. */
export interface Core<Commands extends object = object, Events extends EventMap = EventMap> extends Omit<CoreHandle<Events>, 'grant'>, Contract {
  readonly '~contract': { readonly commands: Commands; readonly events: Events };
  readonly '~kernel': object;
}

const DEFAULT_LIMITS: Limits = {
  calls: 4096,
  listeners: 1024,
  links: 64,
  rate: Infinity,
  burst: 1000,
  channels: 1024,
  resources: 1024,
  nodes: 1_000_000,
  depth: 128,
  stringLength: 64 * 1024 * 1024,
  violations: 50,
  answerNodes: Infinity,
};

/** For a command, a group or a plugin. The first four are asked of any object by the engine; `$` is Corral's own; JSON-RPC keeps `rpc.` for itself. */
const NAME = /^(?!(then|toString|valueOf|toJSON)$)[^$.][^.]*$/;
const OPTIONS = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w\-./]{1,64}$/)),
  version: v.optional(v.string()),
  // A plugin's factory that was not called is a function, which has a name too.
  plugins: v.optional(v.array(v.object({ name: v.string() }))),
  limits: v.optional(v.record(v.picklist(Object.keys(DEFAULT_LIMITS)), v.pipe(v.number(), v.minValue(1)))),
});

/**
 * Creates a core; nothing runs until it is served. Throws a TypeError that names the fault if the declarations
 * contradict themselves.
 */
export function createCore<
  Commands extends CommandTree = {},
  Events extends EventMap = {},
  const Plugins extends readonly Plugin[] = [],
>(
  options: CoreOptions<Commands, Events, Plugins>,
): Core<Commands & PluginCommands<Plugins>, Events & PluginEvents<Plugins>> & Gate<CapabilityOf<Commands, Events, Plugins>> {
  insist('createCore', OPTIONS, options);
  const { name, version, commands = {}, events = {}, plugins = [], capabilities = [], onDecision, middleware = [], setup, exposeErrors = false, onError = toConsole, limits } = options;
  const declared = { plugins, commands: new Map<string, DeclaredCommand>(), events: new Map<string, DeclaredEvent>() };
  addCommands(declared.commands, commands, '');
  addEvents(declared.events, events, '');
  for (const plugin of plugins) {
    addCommands(declared.commands, { [plugin.name]: plugin.commands ?? {} }, '');
    addEvents(declared.events, plugin.events ?? {}, `${plugin.name}.`);
  }

  const kernel: Kernel = {
    name,
    version,
    commands: declared.commands,
    middleware,
    exposeErrors,
    onError,
    limits: { ...DEFAULT_LIMITS, ...limits },
    busName: newBusName(name),
    sessions: new Set(),
    state: 'starting',
    violations: 0,
    start() {
      if (kernel.held) return;
      const lock = `corral:core:${name}:${randomName()}`;
      kernel.state = 'starting';
      kernel.events.open();
      kernel.held = holdLock(lock);
      prepared ??= prepare();
      // A client that was welcomed without a lock to watch would never learn of this core's death.
      kernel.ready = Promise.all([kernel.held, prepared]).then(
        ([release]) => {
          kernel.lock = release && lock;
          kernel.state = 'ready';
        },
        (error: unknown) => {
          kernel.state = 'failed';
          kernel.setupError = messageOf(error);
          void report(kernel, error, {});
        },
      );
    },
    events: undefined as never,
    authority: createAuthority(declared.commands, (error, command) => report(kernel, error, { command }), onDecision, name),
  };
  const bus = (kernel.events = createEvents(kernel, declared.events));
  const { grant, list, revoke } = kernel.authority;
  for (const capability of capabilities) {
    if (list().some(({ identifier }) => identifier === capability.identifier)) throw new TypeError(`createCore: there are two capabilities \`${capability.identifier}\`.`);
    grant(readCapability(capability as Capability, declared));
  }

  /** Once, however often the core is served. */
  let prepared: Promise<void> | undefined;
  async function prepare(): Promise<void> {
    for (const one of [...plugins, { setup }]) await one.setup?.(core);
  }

  const core = {
    '~kernel': kernel,
    name,
    emit: bus.emit,
    emitTo: bus.emitTo,
    listen: bus.listen,
    grant(capability: Capability) {
      grant(readCapability(capability, declared));
      judgeAgain(kernel);
    },
    revoke(identifier: string) {
      const revoked = revoke(identifier);
      judgeAgain(kernel);
      return revoked;
    },
    capabilities: list,
    stats() {
      const stats = { clients: 0, calls: 0, listeners: 0, channels: 0, resources: 0, violations: kernel.violations };
      for (const session of kernel.sessions) {
        if (session.joined) stats.clients++;
        stats.calls += session.running;
        stats.listeners += session.listening.size;
        stats.channels += session.channels.size;
        stats.resources += session.resources.size;
      }
      return stats;
    },
  } as unknown as CoreHandle;
  return core as never;
}

function toConsole(error: unknown, { command, event }: { command?: string; event?: string }): void {
  console.error(command ?? event ?? 'corral', error);
}

/** Flattens groups into dotted names. */
function addCommands(into: Map<string, DeclaredCommand>, tree: object, prefix: string): void {
  for (const [key, entry] of Object.entries(tree) as [string, CommandDeclaration][]) {
    const name = prefix + key;
    if (!NAME.test(key) || name === 'rpc' || into.has(name) || !isObject(entry)) refuse('command', name);
    if (typeof entry.handler !== 'function') addCommands(into, entry, `${name}.`);
    else into.set(name, named(name, entry));
  }
}

function addEvents(into: Map<string, DeclaredEvent>, events: object, prefix: string): void {
  for (const [key, declared] of Object.entries(events) as [string, DeclaredEvent][]) {
    if (!key || /^(\$|corral:)/.test(key) || into.has(prefix + key)) refuse('event', prefix + key);
    into.set(prefix + key, declared);
  }
}

function refuse(what: string, name: string): never {
  throw new TypeError(`createCore: the ${what} \`${name}\` is declared twice, or not with ${what}({ ... }), or has a name that Corral, JSON-RPC or the proxy needs.`);
}
