/** Declares an event: its payload, whether its last value is kept, how far it reaches. */
import type { EventDeclaration, InputOf, OutputOf, Schema } from '../../wire/contract.ts';

/** Who hears an event besides those who listen when it is emitted. */
export interface EventOptions {
  /** A new listener gets the last value first. */
  readonly retain?: boolean;
  /** `origin`: also heard by the cores of the same name in the other tabs of this origin. */
  readonly scope?: 'core' | 'origin';
}

export interface DeclaredEvent extends EventOptions {
  readonly schema: Schema | undefined;
}

/**
 * Declares an event for `createCore`. Whoever emits it, its payload passes the schema first, and listeners get the
 * schema's output. Without a schema the event carries no payload.
 */
export function event<S extends Schema | undefined = undefined>(
  schema?: S,
  options: EventOptions = {},
): EventDeclaration<S extends Schema ? InputOf<S> : undefined, S extends Schema ? OutputOf<S> : undefined> {
  return { schema, ...options } as never;
}
