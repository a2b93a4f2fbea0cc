/** Listens and emits. A listener belongs to the connection, not to one link: it survives a restart of the core. */
import type { Heard, Unlisten } from '../wire/contract.ts';
import { openBus, type Bus } from '../wire/bus.ts';
import { isObject, type EventMessage, type Listening } from '../wire/messages.ts';

interface Listener {
  readonly id: number;
  readonly event: string;
  readonly handler: (event: Heard<never>) => void;
  /** The core's count when it registered this listener; what came before it is not for this one. */
  since: number | undefined;
  /** What came by the bus before the registration was confirmed. */
  held: EventMessage[];
  registered(): void;
  failed(error: unknown): void;
}

export interface ListenOptions {
  /** Ends the listening when it aborts, also before it has begun. */
  readonly signal?: AbortSignal;
}

export interface ClientEvents {
  readonly size: number;
  listen(event: string, handler: (event: Heard<never>) => void, options?: ListenOptions): Promise<Unlisten>;
  /** Tells this connection's listeners of a lifecycle event. */
  announce(event: string, payload: unknown): void;
  receive(params: unknown): void;
  /** A core is there (again): registers every listener with it. */
  open(client: string, bus: string | undefined): void;
  /** The core has gone. Listeners stay, unless it is for good. */
  lose(error?: unknown): void;
  /** Nobody listens any more. */
  close(): void;
}

export interface ClientEventsOptions {
  call<T>(method: string, params: unknown): Promise<T>;
  notify(method: string, params: unknown): void;
  /** A new listener finds out here that the connection is closed for good. */
  closedBy(): unknown;
}

/** How long a client waits to hear itself greeted on the bus, before it asks to be fed over its link. */
const BUS_PATIENCE = 1_000;

export function createClientEvents({ call, notify, closedBy }: ClientEventsOptions): ClientEvents {
  const listeners = new Map<string, Set<Listener>>();
  let lastId = 0;
  let client: string | undefined;
  let busName: string | undefined;
  let bus: Bus | undefined;
  /** Resolves with whether the bus can be heard; a client in another storage partition joins it and hears nothing. */
  let joined: Promise<boolean> | undefined;
  let greeted: ((heard: boolean) => void) | undefined;

  function join(): Promise<boolean> {
    return (joined ??= new Promise((resolve) => {
      greeted = resolve;
      if (busName !== undefined) bus = openBus(busName, receiveBus);
      if (bus) setTimeout(resolve, BUS_PATIENCE, false);
      else resolve(false);
    }));
  }

  function receiveBus(message: unknown): void {
    if (!isObject(message) || !isObject(message['params'])) return;
    const { params } = message;
    if (message['method'] === '$/event') receive(params);
    else if (message['method'] === '$/joined' && (params as { client?: unknown }).client === client) greeted?.(true);
  }

  async function register(listener: Listener): Promise<void> {
    const { event, id } = listener;
    const mine = client;
    const heard = join();
    let answer = await call<Listening>('$/listen', { event, listener: id, bus: bus !== undefined });
    if (bus && !(await heard) && mine === client) {
      bus?.close();
      bus = undefined;
      answer = await call<Listening>('$/listen', { event, listener: id, bus: false });
    }
    if (mine !== client) return; // lost meanwhile; the next core is asked again
    listener.since = answer.seq;
    listener.registered();
    if (answer.retained && isOn(listener)) run(listener, answer.retained.payload);
    for (const message of listener.held.splice(0)) hear(listener, message);
  }

  function isOn(listener: Listener): boolean {
    return listeners.get(listener.event)?.has(listener) ?? false;
  }

  function hear(listener: Listener, message: EventMessage): void {
    if (listener.since === undefined) listener.held.push(message);
    else if (message.seq > listener.since) run(listener, message.payload);
  }

  function run({ handler, event, id }: Listener, payload: unknown): void {
    try {
      handler({ event, id, payload: payload as never });
    } catch (error) {
      // One listener's fault is not another's.
      reportError(error);
    }
  }

  function receive(params: unknown): void {
    const message = params as EventMessage;
    for (const listener of listeners.get(message.event) ?? []) hear(listener, message);
  }

  function tryRegister(listener: Listener): void {
    register(listener).catch((error: unknown) => {
      if (client === undefined && closedBy() === undefined) return; // lost; the next core is asked again
      remove(listener);
      listener.failed(error);
    });
  }

  function remove(listener: Listener): boolean {
    const all = listeners.get(listener.event);
    if (!all?.delete(listener)) return false;
    if (all.size === 0) listeners.delete(listener.event);
    return true;
  }

  return {
    get size() {
      let size = 0;
      for (const all of listeners.values()) size += all.size;
      return size;
    },

    listen(event, handler, { signal } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) throw signal.reason;
        const closed = closedBy();
        if (closed !== undefined) throw closed;
        const local = event.startsWith('corral:core-');
        const unlisten = (): void => {
          signal?.removeEventListener('abort', onAbort);
          if (remove(listener) && !local && client !== undefined) notify('$/unlisten', { event, listener: listener.id });
        };
        const onAbort = (): void => {
          unlisten();
          reject(signal?.reason);
        };
        const listener: Listener = {
          id: ++lastId,
          event,
          handler,
          since: undefined,
          held: [],
          registered: () => resolve(unlisten),
          failed(error) {
            signal?.removeEventListener('abort', onAbort);
            reject(error);
          },
        };
        const all = listeners.get(event) ?? new Set();
        listeners.set(event, all.add(listener));
        signal?.addEventListener('abort', onAbort);
        if (local) {
          listener.since = 0;
          resolve(unlisten);
        } else if (client !== undefined) tryRegister(listener);
      });
    },

    announce: (event, payload) => receive({ event, payload, seq: 1 }),
    receive,

    open(name, onBus) {
      client = name;
      busName = onBus;
      for (const all of listeners.values()) {
        for (const listener of all) if (!listener.event.startsWith('corral:core-')) tryRegister(listener);
      }
    },

    lose(error) {
      client = undefined;
      bus?.close();
      bus = joined = undefined;
      greeted?.(false);
      for (const all of [...listeners.values()]) {
        for (const listener of all) {
          if (listener.event.startsWith('corral:core-')) continue;
          listener.since = undefined;
          listener.held = [];
          if (error === undefined) continue;
          remove(listener);
          listener.failed(error);
        }
      }
    },

    close: () => listeners.clear(),
  };
}
