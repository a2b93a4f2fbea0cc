/** What the files of this room share about one core. Types only. */
import type { holdLock } from '../wire/lock.ts';
import type { CoreLifecycle, EventDeclaration, EventMap, Heard, Unlisten } from '../wire/contract.ts';
import type { Authority } from './authority.ts';
import type { Capability } from './declare/capability.ts';
import type { CommandDeclaration } from './declare/command.ts';
import type { Events } from './events.ts';
import type { GuardLimits } from './guard.ts';
import type { Session } from './session.ts';

/** All settable with `createCore({ limits })`, and each for one client. Over one of them: OVERLOADED. */
export interface Limits extends GuardLimits {
  /** Calls that have not been answered yet. */
  readonly calls: number;
  readonly listeners: number;
  /** Clients that one client has invited. Those that it invited may invite a quarter as many, and so on. */
  readonly links: number;
  /** Messages in a second, on the average; Infinity, the default, counts none. */
  readonly rate: number;
  /** Messages at once, after a rest. Who sends ten times as many too much is sent away. */
  readonly burst: number;
  /** Streams and channels that have not ended. */
  readonly channels: number;
  /** Resources that it holds. */
  readonly resources: number;
  /** Protocol violations before a client is sent away; the link that started the core is exempt. */
  readonly violations: number;
  /** Values in one answer; Infinity, the default, trusts the handlers and costs nothing. */
  readonly answerNodes: number;
}

/** A command call as middleware sees it: permitted and validated, not yet run. */
export interface MiddlewareCall {
  readonly command: string;
  readonly args: unknown;
  readonly client: { readonly id: string; readonly label: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Runs around every permitted, validated command call: answers with what `next` resolves with, or with something else. */
export type Middleware = (call: MiddlewareCall, next: () => Promise<unknown>) => unknown;

/** Hears of a failure that no caller is told in full: a handler's error, a listener's throw, an event that cannot be cloned. */
export type OnError = (error: unknown, about: { command?: string; event?: string; client?: { id: string; label: string } }) => unknown;

/** What the core's clients have open. */
export interface CoreStats {
  clients: number;
  calls: number;
  listeners: number;
  /** Streams and channels that have not ended. */
  channels: number;
  /** Resources that clients hold. */
  resources: number;
  /** Messages that were answered with an error because no rule of the protocol allows them, since the core started. */
  violations: number;
}

/** The core for its own code: in `setup`, and as what `createCore` returns. */
export interface CoreHandle<Events extends EventMap = EventMap> {
  readonly name: string;
  /** Tells every listener, after the event's schema accepted the payload; rejects with INVALID_PAYLOAD otherwise. */
  emit<Name extends keyof Events & string>(event: Name, ...payload: PayloadOf<Events[Name]>): Promise<void>;
  /** Tells only the clients with that label, over their links. */
  emitTo<Name extends keyof Events & string>(label: string, event: Name, ...payload: PayloadOf<Events[Name]>): Promise<void>;
  /** Hears what clients and the core emit. Returns the function that stops it. */
  listen<Name extends (keyof Events | keyof CoreLifecycle) & string>(
    event: Name,
    handler: (event: Heard<HeardPayload<Events, Name>, Name>) => void,
  ): Unlisten;
  /** Adds a capability while the core runs, in place of the one of that identifier. What it takes from a client ends at once. */
  grant(capability: Capability): void;
  /** Takes a capability away: calls, listeners and links that nothing else allows end with NOT_ALLOWED. False if there was none. */
  revoke(identifier: string): boolean;
  /** What is granted now. */
  capabilities(): Capability[];
  /** Counts that return to zero when every client has gone. */
  stats(): CoreStats;
}

type PayloadOf<E> = E extends EventDeclaration<infer Input, unknown> ? (undefined extends Input ? [payload?: Input] : [payload: Input]) : [payload?: unknown];
type HeardPayload<Events, Name> = Name extends keyof CoreLifecycle
  ? CoreLifecycle[Name]
  : Name extends keyof Events
    ? Events[Name] extends EventDeclaration<unknown, infer Output> ? Output : unknown
    : unknown;

export interface DeclaredCommand extends CommandDeclaration {
  readonly name: string;
  /** Throws a declared error; made once, so that a call costs no closure. */
  readonly fail: (code: string, details: unknown) => never;
}

export interface Kernel {
  readonly name: string;
  readonly version: string | undefined;
  readonly commands: ReadonlyMap<string, DeclaredCommand>;
  readonly middleware: readonly Middleware[];
  readonly exposeErrors: boolean;
  readonly onError: OnError;
  readonly limits: Limits;
  events: Events;
  readonly authority: Authority;
  /** Random, and told only to those who may hear everything. */
  busName: string;
  readonly sessions: Set<Session>;
  /** Runs setup, the first time only, and takes the core's lock until nobody is served any more. */
  start(): void;
  /** Resolves when setup is over, well or not, and the core holds its lock. */
  ready?: Promise<void>;
  state: 'starting' | 'ready' | 'failed';
  /** What setup failed with, in words. */
  setupError?: string;
  lock?: string | undefined;
  /** Resolves with what gives the lock up. */
  held?: ReturnType<typeof holdLock> | undefined;
  violations: number;
}
