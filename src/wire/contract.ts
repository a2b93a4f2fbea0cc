/** The types that a core promises and a client relies on. No runtime: a page may import them and gets nothing of the core. */
/// <reference lib="esnext.disposable" preserve="true" />

/** Any Standard Schema (standardschema.dev): Valibot, Zod, ArkType and others. */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a caller may pass for a schema. */
export type InputOf<S> = S extends { readonly '~standard': { readonly types?: infer T } } ? (NonNullable<T> extends { readonly input: infer I } ? I : never) : undefined;
/** What the core sees after the schema has run. */
export type OutputOf<S> = S extends { readonly '~standard': { readonly types?: infer T } } ? (NonNullable<T> extends { readonly output: infer O } ? O : never) : undefined;

/** A declared command, seen from outside: only its types. */
export interface Command<Args = unknown, Result = unknown, Errors = unknown> {
  readonly '~command': { readonly args: Args; readonly result: Result; readonly errors: Errors };
}

/** A stream of items: what a caller gets for an answer that comes bit by bit. Async iterable in every engine. */
export type ItemStream<Item> = ReadableStream<Item> & AsyncIterable<Item>;

/** What a caller receives for what a handler answers: a stream for whatever yields. */
export type Received<Answer> = Answer extends AsyncIterable<infer Item> ? ItemStream<Item> : Answer extends ReadableStream<infer Item> ? ItemStream<Item> : Answer;

/** What a resource is made of: functions, and commands where something is to be checked. */
export interface Methods {
  readonly [name: string]: ((...args: any[]) => unknown) | Command<any, any, any>;
}

type RemoteMethod<Method> =
  Method extends Command<infer Args, infer Result, unknown>
    ? (...args: undefined extends Args ? [args?: Args] : [args: Args]) => Promise<Result>
    : Method extends (...args: infer Args) => infer Result
      ? (...args: Args) => Promise<Awaited<Result>>
      : never;

/**
 * A resource as its caller holds it: each method is a call. `using` releases it at the end of its block, `release(it)`
 * at any time.
 */
export type Remote<M> = { readonly [Name in keyof M]: RemoteMethod<M[Name]> } & Disposable & AsyncDisposable;

/** What a caller passes for `stream(schema)`. */
export type StreamSource<Item> = ReadableStream<Item> | AsyncIterable<Item>;

/** What a caller passes for `channel(schema)`: a `Channel` of the client's door. Only its types. */
export interface ChannelArgument<Message = unknown, Reply = never> {
  readonly '~channel': { readonly message: (message: Message) => void; readonly reply: Reply };
}

/** A declared event, seen from outside: only its payload's type. */
export interface EventDeclaration<Input = unknown, Output = Input> {
  readonly '~event': { readonly input: Input; readonly output: Output };
}

/** Commands by name; groups nest and become dotted names on the wire. */
export interface CommandTree {
  readonly [name: string]: Command | CommandTree;
}

/** Events by name. */
export interface EventMap {
  readonly [name: string]: EventDeclaration;
}

/** What `connect<Notes>()` needs to know of a core. */
export interface Contract {
  readonly '~contract': { readonly commands: object; readonly events: object };
}

export type CommandsOf<C extends Contract> = C['~contract']['commands'];
export type EventsOf<C extends Contract> = C['~contract']['events'];

/** Every dotted command name of a tree. The condition always holds: behind it, an error shows the names and not this type's own. */
export type CommandName<T> = [T] extends [object]
  ? { [K in keyof T & string]: T[K] extends Command ? K : `${K}.${CommandName<T[K]>}` }[keyof T & string]
  : never;

/** The command of a dotted name. */
export type CommandAt<T, Name extends string> = Name extends keyof T
  ? T[Name]
  : Name extends `${infer Group}.${infer Rest}`
    ? Group extends keyof T
      ? CommandAt<T[Group], Rest>
      : never
    : never;

export type ArgsOf<C> = C extends Command<infer Args, unknown, unknown> ? Args : never;
export type ResultOf<C> = C extends Command<unknown, infer Result, unknown> ? Result : never;
/** What a capability limits the command by; never for a command without a scope. */
export type EntryOf<C> = C extends { readonly '~scope': infer Entry } ? Entry : never;
export type ErrorsOf<C> = C extends Command<unknown, unknown, infer Errors> ? Errors : never;

/** An event as a listener gets it. `id` is the listener's own number, as in Tauri. */
export interface Heard<Payload, Name extends string = string> {
  readonly event: Name;
  readonly id: number;
  readonly payload: Payload;
}

/** Ends the listening; calling it twice does no harm. */
export type Unlisten = () => void;

/** Where a client stands. */
export type ConnectionState = 'opening' | 'open' | 'lost' | 'closed';

/** The events that Corral itself emits on a client; they never cross a link. */
export interface ClientLifecycle {
  'corral:core-ready': { client: string };
  'corral:core-lost': { reason: string; message: string; restarting: boolean };
  'corral:core-restarted': { client: string };
  'corral:core-unresponsive': { silentFor: number };
  'corral:core-responsive': { silentFor: number };
}

/** The events that a core emits about its clients; a client hears them like any other event. */
export interface CoreLifecycle {
  'corral:client-joined': { id: string; label: string };
  'corral:client-left': { id: string; label: string };
}
