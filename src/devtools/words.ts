/** How the inspector says a time, a size, an outcome. */
import { durationOf, type Entry, type Outcome, type What } from './entry.ts';

export function sayDuration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1_000) return `${milliseconds.toFixed(0)} ms`;
  return milliseconds < 60_000 ? `${(milliseconds / 1_000).toFixed(2)} s` : `${(milliseconds / 60_000).toFixed(1)} min`;
}

export function saySize(bytes: number, exact: boolean): string {
  const said = bytes < 1_000 ? `${bytes} B` : bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  return exact ? said : `≥ ${said}`;
}

/** Seconds since the page began, or, for what came before it, with a minus. */
export function sayTime(at: number): string {
  return ((at - performance.timeOrigin) / 1_000).toFixed(3);
}

export function sayCount(count: number): string {
  return count.toLocaleString('en');
}

const OPEN: Partial<Record<What, string>> = { listen: 'listening', stream: 'open', channel: 'open', resource: 'held', connect: 'asked' };
const DONE: Record<What, string> = {
  call: 'answered',
  event: 'heard',
  emit: 'taken',
  listen: 'ended',
  stream: 'ended',
  channel: 'ended',
  resource: 'released',
  grant: 'granted',
  revoke: 'revoked',
  invite: 'admitted',
  refusal: 'refused',
  connect: 'welcomed',
  goodbye: 'goodbye',
  fault: 'fault',
};
const OTHER: Record<Exclude<Outcome, 'open' | 'done'>, string> = { refused: 'refused', failed: 'failed', cancelled: 'cancelled', lost: 'lost' };

export function sayOutcome({ what, outcome, code, items }: Entry): string {
  if (outcome === 'open') return items ? `open, ${sayCount(items)}` : (OPEN[what] ?? 'in flight');
  if (outcome === 'done') return items !== undefined && (what === 'stream' || what === 'channel') ? `ended, ${sayCount(items)}` : DONE[what];
  return code || OTHER[outcome];
}

export function sayLength(entry: Entry): string {
  const duration = durationOf(entry);
  if (entry.what === 'event' || duration === undefined) return '';
  return duration === 0 ? '' : sayDuration(duration);
}

/** What a line is about, for who does not see its sign. */
export const NAMES: Record<What, string> = {
  call: 'Call',
  event: 'Event',
  emit: 'Emitted event',
  listen: 'Listener',
  stream: 'Stream',
  channel: 'Channel',
  resource: 'Resource',
  grant: 'Grant',
  revoke: 'Revocation',
  invite: 'Invitation',
  refusal: 'Refusal',
  connect: 'Connection',
  goodbye: 'Goodbye',
  fault: 'Fault',
};
