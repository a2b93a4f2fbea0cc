/** The yes or no behind every request. No by default; asked before anything is looked up. */
import { CorralError, quote } from '../wire/errors.ts';

export type Action = 'invoke' | 'listen' | 'emit';

/** Who is on a link. Decided when the link is admitted, by how it came, never by a message. */
export interface Identity {
  /** The client that started the worker: it may do everything. */
  readonly owner: boolean;
}

/** Whether this client may hear every event, and so may be told the name of the bus. */
export function hearsAll(who: Identity): boolean {
  return who.owner;
}

/** Throws NOT_ALLOWED unless something grants it. */
export function authorize(who: Identity, label: string, action: Action, name: string): void {
  if (who.owner) return;
  const details = { client: label, action, name: name.slice(0, 80) };
  throw new CorralError('NOT_ALLOWED', `Client ${quote(label)} may not ${action} ${quote(name)}: nothing grants it.`, details);
}
