/** What the inspector knows of one link: whose it is, and what is open on it. */
import type { TapSide } from '../client.ts';
import type { Entry } from './entry.ts';

/** A realm whose captures come here. This one has no name. */
export interface Source {
  readonly name: string;
  /** So much is followed at a time; what opens beyond that is counted as missed. */
  readonly most: number;
}

export interface Peer {
  /** The realm it was seen in. */
  readonly source: Source;
  readonly side: TapSide;
  /** How it is called in the timeline. */
  name: string;
  /** The label that nobody can change by a hello. */
  readonly fixed: string | undefined;
  label: string;
  /** The client's id, from the welcome. */
  client: string | undefined;
  /** What waits for an answer, by id. */
  readonly asked: Map<unknown, Entry>;
  /** The newest that were answered: an answer that cannot be cloned is followed by another. */
  readonly answered: Map<unknown, Entry>;
  /** What the gate has not said yes or no to, by what it is and its name. */
  readonly undecided: Map<string, Set<Entry>>;
  readonly listeners: Map<unknown, Entry>;
  /** Streams and channels, by number. */
  readonly channels: Map<unknown, Entry>;
  readonly resources: Map<unknown, Entry>;
}

/** How many of each are open: asked and not answered, or begun and not ended. */
export interface Counts {
  calls: number;
  listeners: number;
  channels: number;
  streams: number;
  resources: number;
}

export function createPeer(source: Source, side: TapSide, label: string | undefined, name: string): Peer {
  return {
    source,
    side,
    name,
    fixed: side === 'core' ? label : undefined,
    label: label ?? 'main',
    client: undefined,
    asked: new Map(),
    answered: new Map(),
    undecided: new Map(),
    listeners: new Map(),
    channels: new Map(),
    resources: new Map(),
  };
}

/** What a link is called, before others of that name are told apart. */
export function nameOf({ name: source }: Source, side: TapSide, label: string): string {
  if (side === 'bus') return source ? `${source}: bus` : 'bus';
  if (source) return `${source}: ${label}`;
  return side === 'client' ? label : `${label} (core)`;
}

/** Its call waits for the gate no more. */
export function decided({ undecided }: Peer, entry: Entry): void {
  const key = `${entry.what} ${entry.name}`;
  const waiting = undecided.get(key);
  waiting?.delete(entry);
  if (waiting?.size === 0) undecided.delete(key);
}

/** How much is open on these links, whatever it is. */
export function sizeOf(peers: Iterable<Peer>): number {
  let size = 0;
  for (const { asked, listeners, channels, resources } of peers) size += asked.size + listeners.size + channels.size + resources.size;
  return size;
}

/** Sums what is open. A client of which both ends are seen is counted once, at its own. */
export function countOpen(peers: Iterable<Peer>): Counts {
  const all = [...peers];
  const ends = new Set(all.filter(({ side, client }) => side === 'client' && client !== undefined).map(({ client }) => client));
  const counts: Counts = { calls: 0, listeners: 0, channels: 0, streams: 0, resources: 0 };
  for (const peer of all) {
    if (peer.side === 'core' && ends.has(peer.client)) continue;
    for (const { what } of peer.asked.values()) if (what === 'call' || what === 'emit') counts.calls++;
    for (const { what } of peer.channels.values()) counts[what === 'stream' ? 'streams' : 'channels']++;
    counts.listeners += peer.listeners.size;
    counts.resources += peer.resources.size;
  }
  return counts;
}
