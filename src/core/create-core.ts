/** Joins declarations into a core. What contradicts itself is refused here, before the first message. */
import * as v from 'valibot';
import { CorralError } from '../wire/errors.ts';
import type { CommandTree, Contract, EventMap } from '../wire/contract.ts';
import { createAuthority } from './authority.ts';
import type { CommandDeclaration } from './declare/command.ts';
import type { DeclaredEvent } from './declare/event.ts';
import type { Plugin, PluginCommands, PluginEvents } from './declare/plugin.ts';
import { createEvents, CORE_LIFECYCLE } from './events.ts';
import { joined } from './hello.ts';
import type { CoreHandle, DeclaredCommand, Kernel, Limits, Middleware, OnError } from './kernel.ts';
import { holdLock } from '../wire/lock.ts';

export interface CoreOptions<Commands extends CommandTree, Events extends EventMap, Plugins extends readonly Plugin[]> {
  /** Names the bus and the locks: 1 to 64 letters, digits or any of `-_./`. */
  readonly name: string;
  /** The contract's version. A client that asks for another one is refused. */
  readonly version?: string;
  readonly commands?: Commands;
  readonly events?: Events;
  /** Each adds its commands and events under its own name. */
  readonly plugins?: Plugins;
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

/** A core, to be served. `typeof` it is what a client's `connect` needs, and types are all a page imports of it. */
export interface Core<Commands extends object = object, Events extends EventMap = EventMap> extends CoreHandle<Events>, Contract {
  readonly '~contract': { readonly commands: Commands; readonly events: Events };
  readonly '~kernel': object;
}

const DEFAULT_LIMITS: Limits = {
  clients: 1024,
  calls: 4096,
  listeners: 1024,
  nodes: 1_000_000,
  depth: 128,
  stringLength: 64 * 1024 * 1024,
  violations: 50,
  answerNodes: Infinity,
};

const limit = v.optional(v.pipe(v.number(), v.minValue(1)));
const OPTIONS = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w\-./]{1,64}$/, 'Expected 1 to 64 letters, digits or any of `-_./`')),
  version: v.optional(v.string()),
  setup: v.optional(v.function()),
  onError: v.optional(v.function()),
  exposeErrors: v.optional(v.boolean()),
  middleware: v.optional(v.array(v.function())),
  limits: v.optional(v.strictObject(v.entriesFromList(Object.keys(DEFAULT_LIMITS) as (keyof Limits)[], limit))),
});

/**
 * Creates a core; nothing runs until it is served. Throws a TypeError that names the fault if the declarations
 * contradict themselves.
 */
export function createCore<
  Commands extends CommandTree = {},
  Events extends EventMap = {},
  const Plugins extends readonly Plugin[] = [],
>(options: CoreOptions<Commands, Events, Plugins>): Core<Commands & PluginCommands<Plugins>, Events & PluginEvents<Plugins>> {
  const checked = v.safeParse(OPTIONS, options);
  if (!checked.success) {
    const [issue] = checked.issues;
    throw new TypeError(`createCore: \`${v.getDotPath(issue) ?? 'options'}\` was refused. ${issue.message}.`);
  }
  const { name, version, plugins = [], middleware = [], setup, exposeErrors = false, onError = toConsole, limits } = options;
  const commands = new Map<string, DeclaredCommand>();
  const declaredEvents = new Map<string, DeclaredEvent>();
  addCommands(commands, options.commands ?? {}, '');
  addEvents(declaredEvents, options.events ?? {}, '');
  for (const plugin of plugins) {
    if (Object.hasOwn(options.commands ?? {}, plugin.name)) throw new TypeError(`createCore: plugin \`${plugin.name}\` has the name of a command. Rename one of them.`);
    addCommands(commands, { [plugin.name]: plugin.commands ?? {} }, '');
    addEvents(declaredEvents, plugin.events ?? {}, `${plugin.name}.`);
  }

  const kernel: Kernel = {
    name,
    version,
    commands,
    declaredEvents,
    middleware,
    authority: createAuthority(),
    events: createEvents(() => kernel, declaredEvents, name),
    limits: { ...DEFAULT_LIMITS, ...limits },
    exposeErrors,
    onError,
    sessions: new Set(),
    state: 'starting',
    setupError: undefined,
    ready: undefined,
    lock: undefined,
    release: undefined,
    violations: 0,
    start() {
      kernel.ready ??= prepare().then(
        () => void (kernel.state = 'ready'),
        (error: unknown) => {
          kernel.setupError = error;
          kernel.state = 'failed';
          onError(error, {});
        },
      );
    },
  };

  async function prepare(): Promise<void> {
    kernel.events.open();
    const lock = `corral:core:${name}:${crypto.randomUUID()}`;
    const held = holdLock(lock);
    for (const plugin of plugins) await plugin.setup?.(handle);
    await setup?.(handle);
    kernel.release = await held;
    if (kernel.release) kernel.lock = lock;
  }

  const handle: CoreHandle = {
    name,
    emit: kernel.events.emit as CoreHandle['emit'],
    emitTo: kernel.events.emitTo as CoreHandle['emitTo'],
    listen: kernel.events.listen as CoreHandle['listen'],
    stats() {
      const sessions = [...kernel.sessions];
      const sum = (key: 'calls' | 'listeners'): number => sessions.reduce((total, session) => total + session[key], 0);
      return { clients: joined(kernel), calls: sum('calls'), listeners: sum('listeners'), violations: kernel.violations };
    },
  };
  return Object.assign(handle, { '~kernel': kernel }) as never;
}

function toConsole(error: unknown, { command, event }: { command?: string; event?: string }): void {
  console.error(command ?? event ?? 'core', error);
}

/** Flattens groups into dotted names. */
function addCommands(into: Map<string, DeclaredCommand>, tree: CommandTree, prefix: string): void {
  for (const [key, entry] of Object.entries(tree)) {
    const name = prefix + key;
    if (!key || /[.$]/.test(key[0] as string) || key.includes('.') || key === 'then') {
      throw new TypeError(`createCore: a command may not be called \`${name}\`. A name has no dot, does not start with \`$\` and is not \`then\`.`);
    }
    if (name === 'rpc') throw new TypeError('createCore: `rpc` is reserved by JSON-RPC 2.0. Rename the command or the group.');
    if (into.has(name)) throw new TypeError(`createCore: the command \`${name}\` is declared twice.`);
    if (typeof entry !== 'object' || entry === null) throw new TypeError(`createCore: \`${name}\` is neither a command nor a group. Declare it with command({ ... }).`);
    if (!isCommand(entry)) addCommands(into, entry as CommandTree, `${name}.`);
    else into.set(name, { ...entry, name, fail: failWith(name, entry) });
  }
}

/** A command has a handler function; in a group, `handler` could only be a command or another group. */
function isCommand(entry: object): entry is CommandDeclaration {
  return 'handler' in entry && typeof entry.handler === 'function';
}

function failWith(name: string, { errors }: CommandDeclaration): (code: string, details: unknown) => never {
  return (code, details) => {
    if (!errors || !Object.hasOwn(errors, code)) throw new TypeError(`\`${name}\` declares no error \`${code}\`. Add it to the command's \`errors\`.`);
    throw new CorralError(code, `\`${name}\` failed: ${code}.`, { details });
  };
}

function addEvents(into: Map<string, DeclaredEvent>, events: EventMap, prefix: string): void {
  for (const [key, declared] of Object.entries(events)) {
    const name = prefix + key;
    if (!key || key.startsWith('$') || key.startsWith('corral:') || CORE_LIFECYCLE.includes(key)) {
      throw new TypeError(`createCore: an event may not be called \`${name}\`. \`$\` and \`corral:\` are Corral's own.`);
    }
    if (into.has(name)) throw new TypeError(`createCore: the event \`${name}\` is declared twice.`);
    into.set(name, declared as unknown as DeclaredEvent);
  }
}
