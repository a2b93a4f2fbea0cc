/** The client's record of its core: one link at a time, its state, and where each incoming message goes. */
import type { ConnectionState } from '../wire/contract.ts';
import { CorralError, fromWire, notCloneable, type LossReason } from '../wire/errors.ts';
import { openLink, type Link } from '../wire/link.ts';
import { holdLock } from '../wire/lock.ts';
import { isObject, PROTOCOL, type Id, type Request, type Welcome } from '../wire/messages.ts';
import { createClientEvents, type ClientEvents } from './events.ts';
import { toHost, type Host, type Opened, type Source } from './hosts/open-source.ts';
import { connectionLost, createCalls, type Calls } from './invoke.ts';
import { createPatience, watchLife, watchPulse, watchStart, type RestartOptions } from './supervise.ts';

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
  readonly state: ConnectionState;
  close(): void;
}

export function openConnection(source: Source, options: ConnectionOptions): OpenConnection {
  const { label, version, timeout, restart = true, startTimeout = 30_000, signal } = options;
  const patience = createPatience(typeof restart === 'object' ? restart : {});
  /** Random, because ids begin anew with each connection and a worker may outlive one. */
  const helloId = crypto.randomUUID();
  /** What was asked while no core was there, in order. Nothing that was ever sent comes back here. */
  const queue = new Map<Id | symbol, [Request, Transferable[] | undefined]>();
  let state: ConnectionState = 'opening';
  let closedBy: CorralError | undefined;
  let host: Host | undefined;
  let link: Link | undefined;
  let start: ReturnType<typeof watchStart> | undefined;
  let sayHello: (() => void) | undefined;
  let hasBeenUp = false;
  /** What to undo when the present link is lost. */
  const undo: (() => void)[] = [];
  let restartTimer: ReturnType<typeof setTimeout> | undefined;

  const calls = createCalls({ send, unsend: (id) => queue.delete(id), timeout });
  const events = createClientEvents({
    call: calls.call,
    notify: (method, params) => send({ jsonrpc: '2.0', method, params }, undefined),
    closedBy: () => closedBy,
  });
  const pulse = watchPulse({
    isWaiting: () => state === 'open' && calls.size > 0,
    ping: () => link?.send({ jsonrpc: '2.0', id: PING, method: '$/ping' }),
    report: (name, silentFor) => events.announce(name, { silentFor }),
  });

  if (signal?.aborted) close();
  else open();
  signal?.addEventListener('abort', close);
  return {
    calls,
    events,
    get state() {
      return state;
    },
    close,
  };

  function send(message: Request, transfer: Transferable[] | undefined): void {
    if (state === 'open') {
      link?.send(message, transfer);
      pulse.expect();
    } else if (closedBy) calls.fail(message.id, closedBy);
    else queue.set(message.id ?? Symbol(), [message, transfer]);
  }

  // From nothing to open

  function open(): void {
    try {
      const opened = typeof source === 'function' ? source() : source;
      if (opened instanceof Promise) opened.then(meet).catch(sourceFailed);
      else meet(opened);
    } catch (error) {
      sourceFailed(error);
    }
  }

  function sourceFailed(cause: unknown): void {
    lost('script', `The source gave no core to connect to: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }

  function meet(opened: Opened): void {
    host = toHost(opened);
    if (state === 'closed') return leave();
    link = openLink(host.port, { receive, refused, garbled });
    void greet();
  }

  /** Says hello on the present link: to a new core, or again to one that has lost us. */
  async function greet(): Promise<void> {
    const { current, met } = { current: link, met: host as Host };
    start = watchStart(met, startTimeout, (...why) => current === link && lost(...why));
    undo.push(start.stop);
    if (!met.dedicated) undo.push(watchPage(() => reopen('away', 'The page went into the back/forward cache.', true)));
    // The lock is held before it is named: the core takes a free lock for a dead client.
    const lock = `corral:client:${crypto.randomUUID()}`;
    const release = await holdLock(lock);
    if (current !== link || closedBy) return release?.();
    if (release) undo.push(release);
    const params = { protocol: PROTOCOL, ...(label === undefined ? {} : { label }), ...(version === undefined ? {} : { version }), ...(release ? { lock } : {}) };
    sayHello = () => current?.send({ jsonrpc: '2.0', id: helloId, method: '$/hello', params });
    sayHello();
  }

  function welcomed({ client, bus, lock }: Welcome): void {
    sayHello = undefined;
    start?.stop();
    if (lock !== undefined) undo.push(watchLife(lock, lost));
    undo.push(pulse.watch(lock === undefined ? () => lost('died', 'The core has been silent for too long, and there is no lock to tell whether it lives.') : undefined));
    state = 'open';
    if (link) link.framed = true;
    patience.up();
    // Listeners first, so that they hear what the calls behind them cause.
    events.open(client, bus);
    for (const [message, transfer] of queue.values()) send(message, transfer);
    queue.clear();
    events.announce(hasBeenUp ? 'corral:core-restarted' : 'corral:core-ready', { client });
    hasBeenUp = true;
  }

  // What arrives

  function receive(data: unknown): void {
    start?.alive();
    pulse.beat();
    if (!Array.isArray(data)) return receiveOne(data);
    for (let index = 0; index < data.length; index++) receiveOne(data[index]);
  }

  function receiveOne(message: unknown): void {
    if (!isObject(message)) return calls.stray();
    const { id, method, params } = message;
    if (method === undefined) {
      if (id === helloId) answered(message);
      else if (id !== PING) calls.settle(message);
      return;
    }
    switch (method) {
      case '$/event':
        return events.receive(params);
      case '$/ready':
        return sayHello?.();
      case '$/ping':
        return link?.send({ jsonrpc: '2.0', id, result: null });
      case '$/bye':
        return dismissed(isObject(params) ? params['reason'] : undefined);
      default:
        calls.stray();
    }
  }

  function answered(message: Record<string, unknown>): void {
    if (state === 'open' || closedBy) return calls.stray();
    if (isObject(message['result'])) return welcomed(message['result'] as unknown as Welcome);
    const error = fromWire(message['error']);
    end(new CorralError('CONNECTION_REFUSED', error.message, { details: error.details as never }), false);
  }

  function dismissed(reason: unknown): void {
    if (reason === 'closed') lost('closed', 'The core closed itself.');
    else if (reason === 'garbled') reopen('garbled', 'The core got a message that it cannot deserialize, and nobody can say which call that was.');
    else end(connectionLost('disconnected', `The core sent this client away: ${String(reason)}.`), false);
  }

  function garbled(): void {
    reopen('garbled', 'The core sent something that this page cannot deserialize, and nobody can say what it answered.');
  }

  /** Only the message that cannot be cloned fails. */
  function refused(message: object, cause: unknown): void {
    const { id, method, params } = message as Request;
    calls.fail(id, notCloneable(`The argument of \`${method}\``, params, 'client', cause));
  }

  // From open to lost

  /** The core has gone. Another one is asked for if the source can be, and if there ever was one. */
  function lost(reason: LossReason, message: string, cause?: unknown): void {
    if (closedBy) return;
    const wait = typeof source === 'function' && restart !== false && hasBeenUp ? patience.next() : undefined;
    const error = connectionLost(reason, message, cause);
    end(error, wait !== undefined);
    if (wait !== undefined) restartTimer = setTimeout(open, wait);
  }

  /** The core lives and the link is whole, but what was in flight is not to be settled any more: hello again, to the same core. */
  function reopen(reason: LossReason, message: string, waitForPage = false): void {
    if (closedBy) return;
    link?.send({ jsonrpc: '2.0', method: '$/bye', params: { reason, back: true } });
    const kept = { host, link };
    link = undefined;
    end(connectionLost(reason, message), true);
    ({ host, link } = kept);
    if (link) link.framed = false;
    if (waitForPage) addEventListener('pageshow', () => void greet(), { once: true });
    else void greet();
  }

  function close(): void {
    if (closedBy) return;
    if (state === 'open') link?.send({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'ended' } });
    end(connectionLost('ended', 'This connection was closed.'), false);
    events.close();
  }

  function end(error: CorralError, restarting: boolean): void {
    for (const step of undo.splice(0)) step();
    sayHello = undefined;
    state = restarting ? 'lost' : 'closed';
    if (!restarting) closedBy = error;
    link?.close(true);
    link = undefined;
    leave();
    calls.lose(error, (id) => restarting && queue.has(id));
    events.lose(restarting ? undefined : error);
    events.announce('corral:core-lost', { reason: (error.details as { reason: string }).reason, message: error.message, restarting });
    if (restarting) return;
    queue.clear();
    clearTimeout(restartTimer);
    signal?.removeEventListener('abort', close);
    events.close();
  }

  /** A worker that the source made for us ends with us. */
  function leave(): void {
    if (typeof source === 'function') host?.terminate();
    host = undefined;
  }
}

const PING = 'ping';

/** Calls back when the page goes into the back/forward cache, where its lock would keep a core waiting for ever. */
function watchPage(away: () => void): () => void {
  const onPageHide = (event: PageTransitionEvent): void => void (event.persisted && away());
  globalThis.addEventListener?.('pagehide', onPageHide);
  return () => globalThis.removeEventListener?.('pagehide', onPageHide);
}
