/** Makes a timeline of what was captured, in this realm and in those that were attached. */
import type { Capture } from './capture.ts';
import { createConversation } from './conversation.ts';
import type { Entry, What } from './entry.ts';
import { createGate } from './gate.ts';
import { countOpen, createPeer, nameOf, sizeOf, type Counts, type Peer, type Source } from './peer.ts';
import { createRing, type Ring } from './ring.ts';
import { cut } from './snapshot.ts';

/** One message of the transcript. */
export interface Line {
  readonly client: string;
  /** Which end it was seen at. */
  readonly side: Peer['side'];
  readonly fromClient: boolean;
  readonly captured: Capture;
}

export interface Recorder {
  readonly entries: Ring<Entry>;
  readonly transcript: Ring<Line>;
  /** Every name that a line of the timeline may have as its client. */
  readonly clients: ReadonlySet<string>;
  /** So many captures never came, because the inspector was slower than what it inspects. */
  readonly missed: number;
  /** While true nothing new is kept; what is open is counted all the same. */
  paused: boolean;
  take(source: Source, captured: Capture): void;
  /** Nothing more comes from there: what was open there has ended. */
  lose(source: Source): void;
  miss(count: number): void;
  /** Of all, or of one client. */
  counts(client?: string): Counts;
  /** Lets go of what was kept. What is open stays counted. */
  clear(): void;
}

export interface RecorderOptions {
  /** How many lines are kept, and as many messages of the transcript. */
  limit(): number;
  /** Something is to be shown. */
  onChange(): void;
  /** A line has come to its end. */
  onEnd(entry: Entry, source: Source): void;
}

/** What the files beside this one need to write the timeline. */
export interface Pen {
  write(peer: Peer, what: What, name: string, captured: Capture, more?: Partial<Entry>): Entry;
  /** A line has changed; `captured` is what it now holds more of. */
  touch(entry: Entry, captured?: Capture): void;
  /** The first end holds. */
  end(peer: Peer, entry: Entry, captured: Capture, outcome: Entry['outcome'], more?: Partial<Entry>): void;
}

/** Bytes of memory that the timeline and the transcript may hold, each, roughly. */
const WEIGHT = 32_000_000;
/** So many links of one realm are followed at a time, and so many clients can be chosen: whoever is in doubt opens more. */
const LINKS = 1_000;
const NAMES = 500;
/** Characters of a line's name: that of a resource's resource grows with each. */
const NAME = 300;

export function createRecorder({ limit, onChange, onEnd }: RecorderOptions): Recorder {
  const entries = createRing<Entry>({ count: limit, weight: WEIGHT, weigh: ({ weight }) => weight, onDrop: forget });
  const transcript = createRing<Line>({ count: limit, weight: WEIGHT, weigh: ({ captured }) => captured.weight + 300 });
  const links = new Map<Source, Map<number, Peer>>();
  const clients = new Set<string>();
  const pen: Pen = { write, touch, end };
  const conversation = createConversation(pen, rename);
  const gate = createGate(pen, peers);
  let lastNumber = 0;
  let missed = 0;

  function* peers(): Iterable<Peer> {
    for (const own of links.values()) yield* own.values();
  }

  function write(peer: Peer, what: What, name: string, captured: Capture, more: Partial<Entry> = {}): Entry {
    const entry: Entry = {
      number: ++lastNumber,
      what,
      name: cut(name, NAME),
      client: peer.name,
      way: undefined,
      at: captured.at,
      end: undefined,
      outcome: 'open',
      size: captured.size,
      exact: captured.exact,
      version: 0,
      weight: captured.weight + 500,
      kept: !recorder.paused,
      ...more,
    };
    if (entry.kept) {
      clients.add(peer.name);
      for (const oldest of clients.size > NAMES ? clients : []) {
        clients.delete(oldest);
        break;
      }
      entries.push(entry);
    } else forget(entry);
    return entry;
  }

  function touch(entry: Entry, captured?: Capture): void {
    entry.version++;
    if (!captured) return;
    entry.size += captured.size;
    entry.exact &&= captured.exact;
    entry.weight += captured.weight;
    if (entry.kept) entries.grow(captured.weight);
  }

  function end(peer: Peer, entry: Entry, captured: Capture, outcome: Entry['outcome'], more: Partial<Entry> = {}): void {
    if (entry.outcome !== 'open') return;
    Object.assign(entry, more, { outcome, end: captured.at });
    touch(entry);
    if (entry.kept) onEnd(entry, peer.source);
    else forget(entry);
  }

  function open(source: Source, captured: Capture): void {
    const { link, side = 'client', label } = captured;
    const own = links.get(source) ?? new Map<number, Peer>();
    const before = own.get(link);
    if (before) {
      conversation.close(before, captured);
      own.delete(link);
    } else if (own.size >= LINKS) return recorder.miss(1);
    links.set(source, own.set(link, createPeer(source, side, label, unused(nameOf(source, side, label ?? 'main')))));
  }

  /** Two that are open at a time have different names; who comes back has its old one. */
  function unused(name: string, own?: Peer): string {
    const taken = new Set([...peers()].filter((peer) => peer !== own).map((peer) => peer.name));
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
    return free;
  }

  /** A hello may say the label. */
  function rename(peer: Peer, label: string): void {
    peer.label = peer.fixed ?? label;
    peer.name = unused(nameOf(peer.source, peer.side, peer.label), peer);
  }

  function take(source: Source, captured: Capture): void {
    const { kind, link } = captured;
    if (kind === 'opened') return open(source, captured);
    const peer = links.get(source)?.get(link);
    // A link of which the beginning was dropped.
    if (!peer) return;
    if (isFull(source, captured)) return recorder.miss(1);
    if (kind === 'closed') {
      conversation.close(peer, captured);
      links.get(source)?.delete(link);
    } else if (kind === 'decided' || kind === 'granted' || kind === 'revoked') gate.take(peer, captured);
    else {
      if (kind === 'sent' || kind === 'received') {
        const fromClient = peer.side !== 'bus' && (kind === 'sent') === (peer.side === 'client');
        if (!recorder.paused) transcript.push({ client: peer.name, side: peer.side, fromClient, captured });
        conversation.hear(peer, captured, fromClient);
      } else conversation.stumble(peer, captured);
    }
    onChange();
  }

  /** What ends something is taken all the same. */
  function isFull(source: Source, { method, live }: Capture): boolean {
    if (source.most === Infinity || (method === undefined && !live)) return false;
    return sizeOf(links.get(source)?.values() ?? []) >= source.most;
  }

  const recorder: Recorder = {
    entries,
    transcript,
    clients,
    paused: false,
    get missed() {
      return missed;
    },
    take,
    lose(source) {
      const now = performance.timeOrigin + performance.now();
      const nothing: Capture = { kind: 'closed', link: 0, at: now, size: 0, exact: true, weight: 0 };
      for (const peer of links.get(source)?.values() ?? []) conversation.close(peer, nothing);
      links.delete(source);
      onChange();
    },
    miss(count) {
      missed += count;
      onChange();
    },
    counts: (client) => countOpen(client === undefined ? peers() : [...peers()].filter(({ name }) => name === client)),
    clear() {
      entries.clear();
      transcript.clear();
      clients.clear();
      for (const { name } of peers()) clients.add(name);
      missed = 0;
      onChange();
    },
  };
  return recorder;
}

/** What is not in the timeline is only counted, and what it said is let go of. */
function forget(entry: Entry): void {
  entry.kept = false;
  for (const key of ['input', 'answer', 'details', 'headers', 'sample'] as const) delete entry[key];
}
