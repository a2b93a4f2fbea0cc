/** The yes or no behind every request. No by default; asked before anything is looked up. */
import { CorralError, quote } from '../wire/errors.ts';

export type Action = 'invoke' | 'listen' | 'emit';

/** Who is on a link. Decided when the link is admitted, by how it came, never by a message. */
export interface Identity {
  /** The client that started the worker: it may do everything. */
  readonly owner: boolean;
}

export interface Authority {
  allows(who: Identity, action: Action, name: string): boolean;
  /** Whether this client may hear every event, and so may be told the name of the bus. */
  hearsAll(who: Identity): boolean;
}

export function createAuthority(): Authority {
  return {
    allows: (who) => who.owner,
    hearsAll: (who) => who.owner,
  };
}

export function notAllowed(label: string, action: Action, name: string): CorralError<'NOT_ALLOWED'> {
  return new CorralError('NOT_ALLOWED', `Client ${quote(label)} may not ${action} ${quote(name)}. Nothing grants it.`, {
    details: { client: label, action, name: name.slice(0, 80) },
  });
}
