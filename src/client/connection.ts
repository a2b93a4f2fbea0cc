/** The client's record of its core: one link at a time, its state, and where each incoming message goes. */
import type { ConnectionState } from '../wire/contract.ts';
import { CorralError, fromWire, notCloneable, type LossReason } from '../wire/errors.ts';
import { openLink, type Link, type Mended } from '../wire/link.ts';
import { holdsLive } from '../wire/live.ts';
import { holdLock, whenFree } from '../wire/lock.ts';
import { isObject, PROTOCOL, type Bye, type ChannelMessage, type Credit, type EventMessage, type Request, type Welcome } from '../wire/messages.ts';
import { createClientChannels, type ClientChannels } from './channel.ts';
import { randomName } from '../wire/random.ts';
import { createClientEvents, type ClientEvents } from './events.ts';
import { toHost, type Host, type Source } from './hosts/open-source.ts';
import { createInbox } from './inbox.ts';
import { createCalls, type Calls } from './invoke.ts';
import { createOutbox } from './outbox.ts';
import { watchPulse, watchStart } from './supervise.ts';

/** How often and how soon a lost core is asked for again. */
export interface RestartOptions {
  /** How often in a row a core that was up is asked for again. Default 5; the count begins anew when one has been up for ten seconds. */
  readonly attempts?: number;
  /** Milliseconds before the first attempt; each further one waits twice as long, up to half a minute. Default 100. */
  readonly delay?: number;
}

/** How to connect: who this client is, how long it waits, and what is done when its core is lost. */
export interface ConnectionOptions {
  /** The name by which the core knows this client. Default `main`. 1 to 64 letters, digits or any of `-_./:`. */
  readonly label?: string;
  /** The contract version this client was built for; a core of another version refuses it. Default: any. */
  readonly version?: string;
  /** Milliseconds for every call that sets none of its own. Default: none; a lost core, not a clock, settles calls. */
  readonly timeout?: number;
  /** Whether a core that was up and is lost is started again. Only a function as source can. Default true. */
  readonly restart?: boolean | RestartOptions;
  /** Milliseconds for the core to come up, setup included. Default 30,000. */
  readonly startTimeout?: number;
  /** Closes the connection when it aborts. */
  readonly signal?: AbortSignal;
}

export interface OpenConnection {
  readonly calls: Calls;
  readonly events: ClientEvents;
  readonly channels: ClientChannels;
  readonly state: ConnectionState;
  notify(method: string, params: unknown): void;
  close(): void;
}

/** A core that has been up for so long has not failed to start, whatever happens to it now. */
const STABLE = 10_000;
/** What a core said at last may come after the news of its death: in WebKit messages go through another process than locks. */
const LAST_WORDS = 20;
const PING = 'ping';
/** Whoever restarts a core again and again does not want to wait for hours. */
const LONGEST_WAIT = 30_000;
/** What concerns calls that were sent already; kept back it would keep them from ending. And what is meant for this core alone: kept back it could reach the next one. */
const URGENT = /^\$\/(c|ping|bye|join)/;

export function openConnection(source: Source, { label, version, timeout, restart = true, startTimeout = 30_000, signal }: ConnectionOptions): OpenConnection {
  const owned = typeof source === 'function';
  const { attempts = 5, delay = 100 } = Object(restart) as RestartOptions;
  /** Random, because ids begin anew with each connection and a worker may outlive one. */
  const helloId = randomName();
  const outbox = createOutbox(post, (id) => send({ jsonrpc: '2.0', id, method: '$/ping' }));
  let state: ConnectionState = 'opening';
  let closedBy: CorralError | undefined;
  let host: Host | undefined;
  let link: Link | undefined;
  let start: ReturnType<typeof watchStart> | undefined;
  let sayHello = (): void => {};
  let hasLock = false;
  /** When this core came up; undefined until the first one has. */
  let upSince: number | undefined;
  let failures = 0;
  /** What to undo when the present core is lost. */
  let undo: (() => void)[] = [];

  const calls: Calls = createCalls({ send, unsend: outbox.unsend, land: (...parts) => channels.land(...parts), forsake: (...args) => channels.forsake(...args), timeout });
  const channels = createClientChannels({ link: () => link, onReject: calls.onReject, cancel: calls.cancel });
  const events = createClientEvents({ call: calls.call, notify, whenOpen: outbox.whenOpen, closedBy: () => closedBy, advance: () => inbox.advance() });
  const inbox = createInbox(receiveOne, () => events.heard, () => void events.leaveBus());
  const pulse = watchPulse({
    isWaiting: () => state === 'open' && calls.size + channels.size > 0,
    ping: () => send({ jsonrpc: '2.0', id: PING, method: '$/ping' }),
    report: (name, silentFor) => events.announce(name, { silentFor }),
    giveUp: () => hasLock || lost('died', 'The core is silent, and has no lock to tell whether it lives.'),
  });

  signal?.addEventListener('abort', close);
  if (signal?.aborted) close();
  else open();
  return {
    calls,
    events,
    notify,
    channels,
    get state() {
      return state;
    },
    close,
  };

  function send(message: Request, transfer?: Transferable[], alone = false): void {
    if (closedBy) calls.fail(message.id, closedBy);
    else outbox.send(message, transfer, alone, URGENT.test(message.method));
  }

  function post(message: Request, transfer: Transferable[] | undefined, alone: boolean): void {
    // What is flat holds nothing live.
    const begin = alone && holdsLive(message.params) && isCall(message) ? embark(message, transfer) : undefined;
    link?.send(message, transfer, alone);
    begin?.();
    pulse.expect();
  }

  /** Takes out of a call what is no data; returns what to do when it has been sent. */
  function embark(message: Request, transfer: Transferable[] | undefined): (() => void) | undefined {
    try {
      return channels.embark(message, transfer);
    } catch (error) {
      // The rest goes out, and is refused.
      calls.fail(message.id, error);
      return undefined;
    }
  }

  function notify(method: string, params: unknown): void {
    send({ jsonrpc: '2.0', method, params });
  }

  // From nothing to open

  async function open(): Promise<void> {
    if (closedBy) return;
    const mine = (start = watchStart(startTimeout, lost));
    undo.push(start.stop);
    try {
      const opened = owned ? source() : source;
      const found = toHost(opened instanceof Promise ? await opened : opened);
      // Too late: it was given up, and perhaps there is another already.
      if (mine === start) await meet(found);
      else if (owned) found.terminate();
    } catch (error) {
      if (mine === start) lost('script', `The source gave no core: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }

  async function meet(found: Host): Promise<void> {
    host = found;
    const mine = (link = openLink(host.port, { receive, refused, garbled: () => lost('garbled', 'A message of the core could not be deserialized, and nobody can say what it answered.'), side: 'client', label }));
    start?.watch(host);
    if (!host.dedicated) undo.push(watchPage(() => lost('away', 'The page went into the back/forward cache.')));
    // Held before it is named, because a core takes a free lock for a dead client. The worker needs longer to load.
    const lock = `corral:client:${randomName()}`;
    const release = await holdLock(lock);
    if (mine !== link) return release?.();
    if (release) undo.push(release);
    const params = { protocol: PROTOCOL, label, version, lock: release && lock };
    sayHello = () => mine.send({ jsonrpc: '2.0', id: helloId, method: '$/hello', params });
    sayHello();
  }

  function welcomed(welcome: Welcome): void {
    const { client, lock } = welcome;
    const mine = link;
    start?.stop();
    start = undefined;
    hasLock = lock !== undefined;
    const died = (): void => void (mine === link && lost('died', 'The core died: its worker was terminated, or crashed.'));
    if (lock) undo.push(whenFree(lock, () => setTimeout(died, LAST_WORDS)));
    state = 'open';
    if (link) link.framed = true;
    // Old listeners first, so that they hear what the calls behind them cause.
    outbox.open(() => events.open(welcome));
    events.announce(upSince === undefined ? 'corral:core-ready' : 'corral:core-restarted', { client });
    upSince = performance.now();
  }

  // What arrives

  function receive(data: unknown): void {
    start?.alive();
    pulse.beat();
    inbox.receive(data);
  }

  function receiveOne(message: unknown): void {
    if (!isObject(message)) return calls.stray();
    const { id, method, params, result, error } = message;
    if (method === undefined) {
      if (id === null) lostOne(fromWire(error));
      else if (id === helloId) {
        if (!isObject(result)) end(fromWire(error), false);
        else if (state !== 'open') welcomed(result as unknown as Welcome);
      } else if (!outbox.answered(id) && id !== PING) calls.settle(message);
    } else if (method === '$/event') events.receive(Object(params) as EventMessage);
    else if (method === '$/channel') channels.receive(Object(params) as ChannelMessage);
    else if (method === '$/credit') channels.grant(Object(params) as Credit);
    else if (method === '$/ready') state === 'open' || sayHello();
    else if (method === '$/ping') link?.send({ jsonrpc: '2.0', id, result: null });
    else if (method === '$/unlisten') events.end(Object(params).listener, fromWire(Object(params).error));
    else if (method === '$/bye') dismissed(Object(params) as Partial<Bye>);
    else calls.stray();
  }

  /** The core could not read a message, and so not say which call it was: none of those in flight can be told from it. */
  function lostOne(error: CorralError): void {
    calls.stray();
    if ((error.details as { garbled?: true } | undefined)?.garbled) calls.lose(error, outbox.has);
  }

  function dismissed({ reason, error }: Partial<Bye>): void {
    if (reason === 'closed') lost(reason, 'The core closed itself, or this link.');
    else if (reason === 'garbled') lost(reason, 'A message to the core could not be deserialized, and nobody can say whose it was.');
    else end(error ? fromWire(error) : lossOf('disconnected', `The core sent this client away: ${String(reason)}.`), false);
  }

  /** Only the message that cannot be cloned fails; a call not, if it cannot because of something live deep inside. */
  function refused(message: object, cause: unknown, transfer: Transferable[]): Mended[] | void {
    const request = message as Request;
    const { id, method, params, live } = request;
    if (method === '$/channel') return channels.refused(params as ChannelMessage, cause, 'client');
    const begin = !live && isCall(request) ? embark(request, transfer) : undefined;
    if (begin && request.live) return [{ message, transfer, posted: begin }];
    calls.fail(id, notCloneable(`The argument of \`${method}\``, params, 'client', cause));
  }

  // From open to lost

  /** The core has gone. Another one is asked for if the source can be, and if there ever was one. */
  function lost(reason: LossReason, message: string, cause?: unknown): void {
    if (closedBy) return;
    if (upSince !== undefined && performance.now() - upSince > STABLE) failures = 0;
    // A page that comes back finds its core where it left it; that is no restart.
    const again = owned && (reason === 'away' || (restart !== false && upSince !== undefined && failures < attempts));
    end(lossOf(reason, message, cause), again);
    if (!again) return;
    if (reason === 'away') addEventListener('pageshow', open, { once: true });
    else setTimeout(open, Math.max(delay, Math.min(delay * 2 ** failures++, LONGEST_WAIT)));
  }

  function close(): void {
    if (state === 'open') {
      notify('$/bye', { reason: 'ended' });
      link?.flush();
    }
    end(lossOf('ended', 'This connection was closed.'), false);
  }

  function end(error: CorralError, again: boolean): void {
    const mine = link;
    // What the core has said counts, though the bus will bring no more.
    inbox.drain();
    if (closedBy || mine !== link) return;
    state = again ? 'lost' : 'closed';
    if (!again) closedBy = error;
    for (const step of undo) step();
    undo = [];
    start = undefined;
    pulse.stop();
    outbox.shut();
    link?.close(true);
    link = undefined;
    leave();
    calls.lose(error, (id) => again && outbox.has(id));
    channels.lose(error);
    events.lose(closedBy);
    events.announce('corral:core-lost', { ...(error.details as object), message: error.message, restarting: again });
    if (again) return;
    outbox.clear();
    events.close();
    signal?.removeEventListener('abort', close);
  }

  /** A worker that the source made for us ends with us. */
  function leave(): void {
    if (owned) host?.terminate();
    host = undefined;
  }
}

/** Not one of the protocol's own messages. */
function isCall({ id, method }: Request): boolean {
  return id !== undefined && !method.startsWith('$');
}

/** The rejection of everything that a lost core leaves open. */
function lossOf(reason: LossReason, message: string, cause?: unknown): CorralError<'CONNECTION_LOST'> {
  return new CorralError('CONNECTION_LOST', message, { reason }, 'client', cause);
}

/** Calls back when the page goes into the back/forward cache, where its lock would keep a core waiting for ever. */
function watchPage(away: () => void): () => void {
  const onPageHide = ({ persisted }: PageTransitionEvent): void => void (persisted && away());
  addEventListener('pagehide', onPageHide);
  return () => removeEventListener('pagehide', onPageHide);
}
