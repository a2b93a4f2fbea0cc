/** Reads the protocol: which answer belongs to which question, what opens and what ends. */
import type { Capture, CapturedError } from './capture.ts';
import { outcomeOf, type Entry, type Outcome } from './entry.ts';
import { textOf } from './gate.ts';
import { countOf, isBranch, part } from './picture.ts';
import { decided, type Peer } from './peer.ts';
import type { Pen } from './recorder.ts';
import type { Picture } from './snapshot.ts';

export interface Conversation {
  /** A message was sent or received. */
  hear(peer: Peer, captured: Capture, fromClient: boolean): void;
  /** One could not be cloned, or read; or a resource was released. */
  stumble(peer: Peer, captured: Capture): void;
  /** Nothing comes any more. */
  close(peer: Peer, captured: Capture): void;
}

/** So many of the newest items of a stream are kept. */
const SAMPLE = 20;
const LOST = 'CONNECTION_LOST';
const REPLACED = { sentence: 'Another one came under its id.' };
const GOODBYES: ReadonlyMap<string, string> = new Map([['ended', 'The client closed the connection.'], ['closed', 'The core closed itself, or this link.']]);

export function createConversation({ write, touch, end }: Pen, rename: (peer: Peer, label: string) => void): Conversation {
  function hear(peer: Peer, captured: Capture, fromClient: boolean): void {
    const { method } = captured;
    if (method === undefined) return reply(peer, captured, fromClient);
    if (!method.startsWith('$/')) return void ask(peer, captured, 'call', nameOfCall(peer, captured), captured.params);
    const of = (key: string): Picture | undefined => part(captured.params, key);
    if (method === '$/channel' || method === '$/credit') {
      if (method === '$/channel') flow(peer, captured, fromClient);
    } else if (method === '$/event') write(peer, 'event', textOf(of('event')), captured, { way: 'in', ...over(captured), ...given('input', of('payload')) });
    else if (method === '$/emit') ask(peer, captured, 'emit', textOf(of('event')), of('payload'), of('to') === undefined ? undefined : `Only to \`${textOf(of('to'))}\`.`);
    else if (method === '$/listen') listen(peer, captured, of('listener'));
    else if (method === '$/unlisten') unlisten(peer, captured, of('listener'), of('error'));
    else if (method === '$/cancelRequest') cancel(peer, captured, of('id'), of('reason'));
    else if (method === '$/invite') ask(peer, captured, 'invite', textOf(of('label')), undefined);
    else if (method === '$/hello') ask(peer, captured, 'connect', textOf(of('label')) || 'main', captured.params);
    else if (method === '$/bye') bye(peer, captured, fromClient, of('link') !== undefined);
  }

  // Questions and answers

  function ask(peer: Peer, captured: Capture, what: 'call' | 'emit' | 'invite' | 'connect' | 'listen', name: string, input: Picture | undefined, sentence?: string): Entry | undefined {
    const { id, headers } = captured;
    const open = peer.asked.get(id);
    // Said again, because the first one may have been lost.
    if (open?.what === 'connect') return undefined;
    if (open) {
      decided(peer, open);
      end(peer, open, captured, 'lost', REPLACED);
    }
    const entry = write(peer, what, name, captured, { way: 'out', ...given('id', id), ...given('input', input), ...given('headers', headers), ...given('sentence', sentence) });
    for (const { channel, kind, path } of captured.live ?? []) {
      if (channel === undefined) continue;
      carry(entry, kind ?? 'stream', path);
      hold(peer, peer.channels, channel, write(peer, kind ?? 'stream', join(name, path), captured, { way: kind === 'stream' ? 'out' : 'in', ...fresh(entry) }), captured);
    }
    if (id === undefined) {
      end(peer, entry, captured, 'done', { sentence: 'A notification: nothing is answered.' });
      return entry;
    }
    peer.asked.set(id, entry);
    if (peer.side === 'core' && what !== 'connect') queue(peer, entry);
    return entry;
  }

  /** Whoever had its id before has ended: nothing can be said of it any more. */
  function hold(peer: Peer, open: Map<unknown, Entry>, id: unknown, entry: Entry, captured: Capture): void {
    const before = open.get(id);
    if (before) end(peer, before, captured, 'lost', REPLACED);
    open.set(id, entry);
  }

  function queue(peer: Peer, entry: Entry): void {
    const key = `${entry.what} ${entry.name}`;
    const waiting = peer.undecided.get(key);
    if (waiting) waiting.add(entry);
    else peer.undecided.set(key, new Set([entry]));
  }

  function reply(peer: Peer, captured: Capture, fromClient: boolean): void {
    const { id, error, result } = captured;
    // A sign of life is no part of the story.
    if (fromClient || id === 'ping') return;
    const entry = peer.asked.get(id);
    if (!entry) {
      if (error && (id === null || id === undefined)) fault(peer, captured, error.code, error.message);
      return;
    }
    peer.asked.delete(id);
    decided(peer, entry);
    remember(peer, id, entry);
    touch(entry, captured);
    if (error) {
      if (entry.what === 'listen') for (const [listener, one] of peer.listeners) if (one === entry) peer.listeners.delete(listener);
      end(peer, entry, captured, outcomeOf(error.code), about(error));
      // Both sides end them, and say nothing more.
      return endChannels(peer, captured, 'lost', entry);
    }
    if (entry.what === 'connect') welcomed(peer, entry, result);
    for (const { channel, resource, methods, path } of captured.live ?? []) {
      const name = join(entry.name, path);
      carry(entry, channel === undefined ? 'resource' : 'stream', path);
      if (channel !== undefined) hold(peer, peer.channels, channel, write(peer, 'stream', name, captured, { way: 'in', ...fresh(entry) }), captured);
      else if (resource !== undefined) hold(peer, peer.resources, resource, write(peer, 'resource', name, captured, { ...fresh(entry), sentence: `Methods: ${(methods ?? []).join(', ')}.` }), captured);
    }
    if (entry.what !== 'listen') end(peer, entry, captured, 'done', given('answer', result));
  }

  /** It may turn out that an answer could not be cloned. */
  function remember(peer: Peer, id: unknown, entry: Entry): void {
    peer.answered.set(id, entry);
    if (peer.answered.size <= 64) return;
    for (const oldest of peer.answered.keys()) {
      peer.answered.delete(oldest);
      return;
    }
  }

  function welcomed(peer: Peer, entry: Entry, welcome: Picture | undefined): void {
    rename(peer, entry.name);
    peer.client = textOf(part(welcome, 'client'));
    entry.client = peer.name;
    const core = part(welcome, 'core');
    const version = textOf(part(core, 'version'));
    entry.sentence = `Welcomed by the core \`${textOf(part(core, 'name'))}\`${version ? `, version ${version}` : ''}.`;
  }

  function cancel(peer: Peer, captured: Capture, id: Picture | undefined, reason: Picture | undefined): void {
    const entry = peer.asked.get(id);
    if (!entry) return;
    peer.asked.delete(id);
    decided(peer, entry);
    end(peer, entry, captured, 'cancelled', { code: reason === 'timeout' ? 'TimeoutError' : 'AbortError', sentence: reason === 'timeout' ? 'It took longer than its timeout.' : 'Its caller aborted it.' });
    endChannels(peer, captured, 'cancelled', entry);
  }

  // Listeners

  function listen(peer: Peer, captured: Capture, listener: Picture | undefined): void {
    const entry = ask(peer, captured, 'listen', textOf(part(captured.params, 'event')), undefined);
    if (entry) hold(peer, peer.listeners, listener, entry, captured);
  }

  function unlisten(peer: Peer, captured: Capture, listener: Picture | undefined, error: Picture | undefined): void {
    const entry = peer.listeners.get(listener);
    if (!entry) return;
    peer.listeners.delete(listener);
    if (error === undefined) return end(peer, entry, captured, 'done');
    end(peer, entry, captured, 'refused', { code: textOf(part(part(error, 'data'), 'code')), sentence: textOf(part(error, 'message')) });
  }

  // Streams, channels, resources

  function flow(peer: Peer, captured: Capture, fromClient: boolean): void {
    const channel = part(captured.params, 'channel');
    const entry = peer.channels.get(channel);
    if (!entry) return;
    const items = part(captured.params, 'items');
    if (items !== undefined) {
      entry.items = (entry.items ?? 0) + countOf(items);
      if (entry.kept) entry.sample = [...(entry.sample ?? []), ...(isBranch(items) ? items.values : [])].slice(-SAMPLE);
      return touch(entry, captured);
    }
    peer.channels.delete(channel);
    const error = part(captured.params, 'error');
    const code = textOf(part(part(error, 'data'), 'code'));
    const byReader = error === undefined && fromClient === (entry.way === 'in');
    if (error !== undefined) end(peer, entry, captured, outcomeOf(code), { code, sentence: textOf(part(error, 'message')) });
    else end(peer, entry, captured, byReader ? 'cancelled' : 'done', byReader ? { sentence: 'Its reader wanted no more.' } : {});
  }

  /** Those of a call, or all. */
  function endChannels(peer: Peer, captured: Capture, outcome: Outcome, call?: Entry): void {
    if (call && !call.carries) return;
    for (const [channel, entry] of peer.channels) {
      if (call && entry.from !== call.number) continue;
      peer.channels.delete(channel);
      end(peer, entry, captured, outcome);
    }
  }

  function release(peer: Peer, captured: Capture): void {
    const entry = peer.resources.get(captured.resource);
    if (!entry) return;
    peer.resources.delete(captured.resource);
    end(peer, entry, captured, 'done');
    for (const [id, call] of peer.asked) {
      if (typeof id !== 'string' || !id.startsWith(`${captured.resource}/`)) continue;
      peer.asked.delete(id);
      end(peer, call, captured, 'cancelled', { code: 'CANCELLED', sentence: 'The resource was released.' });
    }
  }

  // Ends and faults

  function stumble(peer: Peer, captured: Capture): void {
    const { kind, id, method, cause = '' } = captured;
    if (kind === 'released') return release(peer, captured);
    if (kind === 'garbled') return fault(peer, captured, 'garbled', 'Something came that cannot be deserialized.');
    const sentence = `It could not be cloned: ${cause}`;
    const asked = peer.asked.get(id);
    if (method !== undefined && asked) {
      peer.asked.delete(id);
      end(peer, asked, captured, 'refused', { code: 'NOT_CLONEABLE', sentence });
      endChannels(peer, captured, 'lost', asked);
      return;
    }
    const answered = method === undefined && peer.answered.get(id);
    if (!answered) return fault(peer, captured, 'NOT_CLONEABLE', `${method ?? 'An answer'}: ${sentence}`);
    // The error that goes instead is its answer.
    Object.assign(answered, { outcome: 'open', end: undefined, answer: undefined });
    touch(answered);
    peer.asked.set(id, answered);
  }

  function fault(peer: Peer, captured: Capture, code: string, sentence: string): void {
    write(peer, 'fault', code, captured, { ...over(captured), outcome: 'failed', code, sentence, ...given('input', captured.other) });
  }

  function bye(peer: Peer, captured: Capture, fromClient: boolean, ofGuest: boolean): void {
    const error = part(captured.params, 'error');
    const reason = textOf(part(captured.params, 'reason'));
    const said = ofGuest ? 'It sent one of its guests away.' : (GOODBYES.get(reason) ?? `The core sent the client away: ${reason}.`);
    const sentence = error === undefined ? { sentence: said } : { code: textOf(part(part(error, 'data'), 'code')), sentence: textOf(part(error, 'message')) };
    write(peer, 'goodbye', peer.label, captured, { ...over(captured), way: fromClient ? 'out' : 'in', outcome: reason === 'ended' || reason === 'closed' || ofGuest ? 'done' : 'refused', ...sentence });
    if (!ofGuest) endAll(peer, captured);
  }

  function endAll(peer: Peer, captured: Capture): void {
    const gone = { code: LOST, sentence: 'The connection ended before it did.' };
    for (const entry of peer.asked.values()) end(peer, entry, captured, 'lost', gone);
    endChannels(peer, captured, 'lost');
    for (const entry of [...peer.listeners.values(), ...peer.resources.values()]) end(peer, entry, captured, 'done');
    for (const open of [peer.asked, peer.answered, peer.undecided, peer.listeners, peer.resources]) open.clear();
  }

  return {
    hear,
    stumble,
    close: endAll,
  };
}

/** In the picture there is null in its place. */
function carry(entry: Entry, what: string, path: string): void {
  entry.carries = `${entry.carries ? `${entry.carries}, ` : ''}a ${what}${path ? ` at \`${path}\`` : ''}`;
}

const over = ({ at }: Capture): Partial<Entry> => ({ outcome: 'done', end: at });
/** Of what a call opened: it weighs nothing yet. */
const fresh = ({ number }: Entry): Partial<Entry> => ({ from: number, size: 0, exact: true, weight: 500, items: 0 });
const about = ({ code, message, details }: CapturedError): Partial<Entry> => ({ code, sentence: message, ...given('details', details) });
const join = (name: string, path: string): string => (path ? `${name}.${path}` : name);

function given<Key extends keyof Entry>(key: Key, value: Entry[Key] | undefined): Partial<Entry> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Entry>);
}

/** A resource's method is called after what it came with. */
function nameOfCall(peer: Peer, { method = '', resource }: Capture): string {
  const holder = resource === undefined ? undefined : peer.resources.get(resource);
  return holder ? `${holder.name}#${resource}.${method}` : method;
}
