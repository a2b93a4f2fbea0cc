/** Which lines are shown. */
import { GROUPS, type Entry, type Group } from './entry.ts';

export interface Filter {
  /** Part of the name, or of the code, in any case. Empty: all. */
  text: string;
  client: string | undefined;
  group: Group | undefined;
  outcome: OutcomeFilter | undefined;
}

/** `bad`: refused, failed or lost. */
export type OutcomeFilter = 'open' | 'done' | 'bad' | 'refused' | 'failed' | 'cancelled' | 'lost';

export function newFilter(): Filter {
  return { text: '', client: undefined, group: undefined, outcome: undefined };
}

export function isIdle({ text, client, group, outcome }: Filter): boolean {
  return text === '' && client === undefined && group === undefined && outcome === undefined;
}

export function passes({ text, client, group, outcome }: Filter, entry: Entry): boolean {
  if (client !== undefined && entry.client !== client) return false;
  if (group !== undefined && !(GROUPS[group] as readonly string[]).includes(entry.what)) return false;
  if (outcome === 'bad' ? !['refused', 'failed', 'lost'].includes(entry.outcome) : outcome !== undefined && entry.outcome !== outcome) return false;
  const sought = text.toLowerCase();
  return sought === '' || entry.name.toLowerCase().includes(sought) || (entry.code?.toLowerCase().includes(sought) ?? false);
}
