/** Composes one connection, and gives it the types of its core. */
import type {
  ArgsOf,
  ClientLifecycle,
  Command,
  CommandAt,
  CommandName,
  CommandsOf,
  ConnectionState,
  Contract,
  CoreLifecycle,
  ErrorsOf,
  EventDeclaration,
  EventsOf,
  Heard,
  ResultOf,
  Unlisten,
} from '../wire/contract.ts';
import type { CorralError, Code } from '../wire/errors.ts';
import { openConnection, type ConnectionOptions } from './connection.ts';
import type { ListenOptions } from './events.ts';
import { createInvite, type InviteOptions } from './invite.ts';
import type { Source } from './hosts/open-source.ts';
import type { CallOptions } from './invoke.ts';
import { withNames } from './proxy.ts';

/** The arguments that follow a command's name: the argument may be left out where the command takes none. */
type CallArguments<Args> = undefined extends Args ? [args?: Args, options?: CallOptions] : [args: Args, options?: CallOptions];

type Call<C> = (...rest: CallArguments<ArgsOf<C>>) => Promise<ResultOf<C>>;

type Names<Tree> = { readonly [K in keyof Tree]: Tree[K] extends Command ? Call<Tree[K]> : Names<Tree[K]> };

/** `invoke('notes.add', args, options)` and `invoke.notes.add(args, options)`: the same call, the same types. */
export type Invoke<Tree> = Names<Tree> &
  (<Name extends CommandName<Tree>>(command: Name, ...rest: CallArguments<ArgsOf<CommandAt<Tree, Name>>>) => Promise<ResultOf<CommandAt<Tree, Name>>>);

/** Everything a call of this command may reject with, told apart by `code`. An abort rejects with the signal's reason instead. */
export type CallError<C extends Contract, Name extends CommandName<CommandsOf<C>>> =
  | { [K in Code]: CorralError<K> }[Code]
  | DeclaredError<ErrorsOf<CommandAt<CommandsOf<C>, Name>>>;

type DeclaredError<Errors> = { [K in keyof Errors & string]: CorralError<K, Errors[K]> }[keyof Errors & string];

type Lifecycle = ClientLifecycle & CoreLifecycle;
type InputAt<Events, Name extends keyof Events> = Events[Name] extends EventDeclaration<infer Input, unknown> ? Input : never;
type OutputAt<Events, Name> = Name extends keyof Lifecycle ? Lifecycle[Name] : Name extends keyof Events ? (Events[Name] extends EventDeclaration<unknown, infer Output> ? Output : never) : never;
type PayloadArguments<Input> = undefined extends Input ? [payload?: Input] : [payload: Input];

/** What a connection has open, and where it stands. */
export interface ConnectionStats {
  state: ConnectionState;
  /** Calls that have not settled. */
  calls: number;
  listeners: number;
  /** Streams and channels that have not ended. */
  channels: number;
  /** Resources that were not released. */
  resources: number;
  /** Messages from the core that belonged to nothing: a reply to no call, an unknown method. */
  strays: number;
}

/** One client's connection to a core, as `connect` returns it. Its functions may be taken off it and called by themselves. */
export interface Connection<C extends Contract> {
  /**
   * Asks the core to run a command; resolves with its answer. Calls made before the core is up wait for it, in order.
   * Settles exactly once, whatever dies: an aborted call rejects with its signal's reason, one that took longer than
   * `timeout` with a TimeoutError DOMException, every other one that fails with a CorralError.
   */
  readonly invoke: Invoke<CommandsOf<C>>;
  /**
   * Hears an event until the returned function is called (twice does no harm) or the signal aborts. Resolves when the
   * registration holds: from then on no event is missed. A retained event's last value comes first. Survives a
   * restart of the core. Rejects with NOT_ALLOWED, INVALID_PAYLOAD (no such event), OVERLOADED or CONNECTION_LOST.
   */
  listen<Name extends (keyof EventsOf<C> | keyof Lifecycle) & string>(
    event: Name,
    handler: (event: Heard<OutputAt<EventsOf<C>, Name>, Name>) => void,
    options?: ListenOptions,
  ): Promise<Unlisten>;
  /** Hears the next such event, and no more. */
  once<Name extends (keyof EventsOf<C> | keyof Lifecycle) & string>(
    event: Name,
    handler: (event: Heard<OutputAt<EventsOf<C>, Name>, Name>) => void,
    options?: ListenOptions,
  ): Promise<Unlisten>;
  /** Asks the core to tell every listener, this client's own too. Resolves when the core took it, and this client's listeners have heard it; rejects with NOT_ALLOWED or INVALID_PAYLOAD. */
  emit<Name extends keyof EventsOf<C> & string>(event: Name, ...payload: PayloadArguments<InputAt<EventsOf<C>, Name>>): Promise<void>;
  /** As `emit`, but only the clients with that label hear it. */
  emitTo<Name extends keyof EventsOf<C> & string>(label: string, event: Name, ...payload: PayloadArguments<InputAt<EventsOf<C>, Name>>): Promise<void>;
  /**
   * Lets somebody else in, with no more than this client has: a frame, a widget, another worker. Resolves with the port to
   * hand over, for `connect(port)` there. Rejects with NOT_ALLOWED unless a capability lists the label under `invite`.
   * The guest's link ends with this connection.
   */
  invite(options: InviteOptions): Promise<MessagePort>;
  /** Says goodbye: open calls reject with CONNECTION_LOST, listeners end, a worker that the source function made is terminated. May be called twice. */
  close(): void;
  /** Counts that return to zero. */
  stats(): ConnectionStats;
}

/**
 * Connects to a core: `connect<typeof notes>(() => new Worker(…))`. Returns at once. A function as source is called
 * at once, and again when the core is lost; its worker belongs to the connection. A Worker given as such stays yours.
 */
export function connect<C extends Contract>(source: Source, options: ConnectionOptions = {}): Connection<C> {
  const connection = openConnection(source, options);
  const { calls, channels, events } = connection;
  const emitTo = async (to: string | undefined, event: string, payload: unknown): Promise<void> => {
    await calls.call('$/emit', to === undefined ? { event, payload } : { event, payload, to });
  };
  const api = {
    invoke: withNames(calls.call),
    listen: events.listen,
    async once(event: string, handler: (event: Heard<never>) => void, listenOptions?: ListenOptions): Promise<Unlisten> {
      let heard = false;
      const unlisten = events.listen(
        event,
        (message) => {
          if (heard) return;
          heard = true;
          void unlisten.then((stop) => stop());
          handler(message);
        },
        listenOptions,
      );
      return unlisten;
    },
    emit: (event: string, payload: unknown) => emitTo(undefined, event, payload),
    emitTo,
    invite: createInvite(connection),
    close: connection.close,
    stats: (): ConnectionStats => ({ state: connection.state, calls: calls.size, listeners: events.size, channels: channels.size, resources: channels.resources, strays: calls.strays }),
  };
  return api as never;
}
