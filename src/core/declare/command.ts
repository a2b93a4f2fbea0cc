/** Declares a command: what it takes, what it answers, how it may fail. Runs once and sees no message. */
import type { Command, InputOf, ItemStream, OutputOf, Received, Schema, StreamSource } from '../../wire/contract.ts';
import { CorralError, NUMBERS } from '../../wire/errors.ts';
import type { DeclaredCommand } from '../kernel.ts';

/** One schema for each error that a command may answer with, by code. */
export type ErrorSchemas = Readonly<Record<string, Schema>>;

/** What a handler knows of the client that called. The core learned it from the link, never from a message. */
export interface Caller {
  /** Random, and new each time the client connects. */
  readonly id: string;
  readonly label: string;
  /** Emits a declared event to this client only. Rejects with INVALID_PAYLOAD if the event's schema refuses. */
  emit(event: string, payload?: unknown): Promise<void>;
}

/** What a handler gets beside its argument: who called, when to stop, and how to tell others. */
export interface Context<Errors extends ErrorSchemas = ErrorSchemas> {
  /** Aborts when the caller cancels, times out or goes away. Made when it is asked for, so that `{ ...context }` leaves it out. */
  readonly signal: AbortSignal;
  readonly client: Caller;
  /** Emits a declared event to every listener; who called a command hears it before the answer. Rejects with INVALID_PAYLOAD if the event's schema refuses. */
  emit(event: string, payload?: unknown): Promise<void>;
  /** Emits a declared event to the clients with that label only. */
  emitTo(label: string, event: string, payload?: unknown): Promise<void>;
  /** Throws a declared error: the caller sees its code and its details. */
  fail<Name extends keyof Errors & string>(code: Name, details: InputOf<Errors[Name]>): never;
  /** What the caller sent beside the arguments, e.g. a trace id. Strings, and as trustworthy as the caller. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How a capability may limit a command by its argument. `matches` is asked before the handler runs; while it has not said yes, nothing runs. */
export interface ScopeDeclaration<Entry extends Schema = Schema, Args = any> {
  /** Reads an entry of a capability's `allow` or `deny`. Synchronous. */
  readonly schema: Entry;
  /** Whether the entry covers this argument. What it throws is a no, and reported unless it is a CorralError. */
  matches(entry: OutputOf<Entry>, args: Args): boolean | Promise<boolean>;
}

/** A declaration of a command with its types left out. */
export interface CommandDeclaration {
  readonly scope?: ScopeDeclaration<any> | undefined;
  readonly args?: Schema | undefined;
  readonly returns?: Schema | undefined;
  readonly yields?: Schema | undefined;
  readonly errors?: ErrorSchemas | undefined;
  readonly handler: (args: never, context: never) => unknown;
}

/** A command under its name; `fail` is made once, so that a call costs no closure. Throws a TypeError for an error with a code of Corral's. */
export function declared(name: string, declaration: CommandDeclaration): DeclaredCommand {
  for (const code in declaration.errors) if (Object.hasOwn(NUMBERS, code)) throw new TypeError(`\`${name}\` declares the error \`${code}\`, which is Corral's own.`);
  const fail = (code: string, details: unknown): never => {
    throw new CorralError(code, `\`${name}\` failed with ${code}.`, details);
  };
  return { ...declaration, name, fail };
}

interface Declaration<
  Args extends Schema | undefined,
  Returns extends Schema | undefined,
  Yields extends Schema | undefined,
  Errors extends ErrorSchemas,
  Result,
  Entry extends Schema | undefined,
> {
  /** Checks the argument before the handler sees it. Left out, the command takes no argument. */
  readonly args?: Args;
  /** Checks the answer before it leaves the core. Left out, any answer leaves as it is. */
  readonly returns?: Returns;
  /** Checks each item of an answer that is a stream: an async generator, an async iterable or a ReadableStream. */
  readonly yields?: Yields;
  /** The errors that the handler may `fail` with, each with the schema of its details. */
  readonly errors?: Errors;
  /** Lets capabilities grant the command for some arguments only. The core enforces it. */
  readonly scope?: ScopeDeclaration<Extract<Entry, Schema>, ArgumentOf<Args>>;
  /** Gets the schema's output; answers with a value, with what yields many, or with a promise of either. */
  readonly handler: (
    args: ArgumentOf<Args>,
    context: Entry extends Schema ? Context<Errors> & { readonly scope: InScope<ArgumentOf<Args>> } : Context<Errors>,
  ) => Yields extends Schema
    ? StreamSource<InputOf<Yields>> | Promise<StreamSource<InputOf<Yields>>>
    : Returns extends Schema
      ? InputOf<Returns> | Promise<InputOf<Returns>>
      : Result;
}

type ArgumentOf<Args> = Args extends Schema ? OutputOf<Args> : undefined;
/** Resolves with whether this caller might invoke the command with that argument too, e.g. to leave out what a list may not show. */
export type InScope<Args> = (args: Args) => Promise<boolean>;
type DetailsOf<Errors extends ErrorSchemas> = { readonly [Name in keyof Errors]: OutputOf<Errors[Name]> };

/**
 * Declares a command for `createCore`. Its types flow to every client through `typeof core`.
 * The handler runs only for a caller who may invoke it and whose argument the schema accepted. What it throws is
 * answered as COMMAND_FAILED, without its message unless the core sets `exposeErrors`.
 */
export function command<
  Args extends Schema | undefined = undefined,
  Returns extends Schema | undefined = undefined,
  Yields extends Schema | undefined = undefined,
  Errors extends ErrorSchemas = {},
  Result = unknown,
  Entry extends Schema | undefined = undefined,
>(
  declaration: Declaration<Args, Returns, Yields, Errors, Result, Entry>,
): Command<
  Args extends Schema ? InputOf<Args> : undefined,
  Yields extends Schema ? ItemStream<OutputOf<Yields>> : Returns extends Schema ? OutputOf<Returns> : Received<Awaited<Result>>,
  DetailsOf<Errors>
> &
  (Entry extends Schema ? { readonly '~scope': InputOf<Entry> } : unknown) {
  // The types are a phantom: at run time a command is what was declared, kept apart from groups by its handler.
  return declaration as never;
}
