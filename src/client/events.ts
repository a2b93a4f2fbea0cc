/** Listens and emits. A listener belongs to the connection, not to one link: it survives a restart of the core. */
import type { Heard, Unlisten } from '../wire/contract.ts';
import { openBus } from '../wire/bus.ts';
import type { Link } from '../wire/link.ts';
import { isObject, type EventMessage, type Listening, type Welcome } from '../wire/messages.ts';

interface Listener {
  readonly id: number;
  readonly event: string;
  readonly handler: (event: Heard<never>) => void;
  /** What the connection itself says needs no registration with a core. */
  readonly local: boolean;
  /** The core's count when it registered this listener; what came before is not for this one. */
  since: number | undefined;
  /** A core has been asked; a new one is asked again as soon as it is there. */
  asked: boolean;
  /** What came by the bus before the registration was confirmed. */
  held: EventMessage[];
  registered(): void;
  failed(error: unknown): void;
}

/** When listening ends, and who hears of that. */
export interface ListenOptions {
  /** Ends the listening when it aborts, also before it has begun. */
  readonly signal?: AbortSignal;
  /** Hears why the listening could not begin, or ended without your asking: it is not allowed any more, or the connection is closed. */
  readonly onEnd?: (error: unknown) => void;
}

export interface ClientEvents {
  readonly size: number;
  /** How far the bus has brought the core's count; without end where nothing comes by the bus. */
  readonly heard: number;
  /** The bus brings no more: from now on the link brings everything again. */
  leaveBus(): Promise<void>;
  listen(event: string, handler: (event: Heard<never>) => void, options?: ListenOptions): Promise<Unlisten>;
  /** Tells this connection's listeners of a lifecycle event. */
  announce(event: string, payload: unknown): void;
  receive(message: EventMessage): void;
  /** A core is there (again): registers every listener with it. */
  open(welcome: Welcome): void;
  /** The core has gone. Listeners stay, unless it is for good. */
  lose(error?: unknown): void;
  /** The core has ended a listening. */
  end(listener: unknown, error: unknown): void;
  /** Nobody listens any more. */
  close(): void;
}

export interface ClientEventsOptions {
  call<T>(method: string, params: unknown, options?: { timeout: number }): Promise<T>;
  notify(method: string, params: unknown): void;
  /** Runs this when a core is there, in the order in which things were asked. */
  whenOpen(run: () => void): void;
  /** Why the connection is closed for good, if it is. */
  closedBy(): unknown;
  /** The bus has brought more. */
  advance(): void;
}

/** How long a client waits to hear itself greeted on the bus, before it asks once more. */
const BUS_PATIENCE = 1_000;

export function createClientEvents({ call, notify, whenOpen, closedBy, advance }: ClientEventsOptions): ClientEvents {
  const listeners = new Set<Listener>();
  let lastId = 0;
  let core: Welcome | undefined;
  let bus: Link | undefined;
  /** The bus is known to be heard, and the core tells us there, or is about to. */
  let greeted = false;
  /** The core has been asked to tell us on the bus, or not any more, and has not said from which event on. */
  let asking = false;
  /** What came by the bus meanwhile. */
  let early: EventMessage[] = [];
  /** Between these counts the core tells us on the bus; the link brings what is before and after. */
  let since = Infinity;
  let until = Infinity;
  let heard = 0;

  /** Until the bus is known to be heard, the link brings everything: a client in another storage partition joins it and hears nothing. */
  function listenToBus(): void {
    if (bus || core?.bus === undefined) return;
    bus = openBus(core.bus, receiveBus);
    if (bus) askForGreeting(bus, 3);
  }

  /** More than once, because a channel that has just been opened may miss what is said. */
  function askForGreeting(asked: Link, times: number): void {
    if (bus !== asked || times === 0 || since < Infinity) return;
    notify('$/join', {});
    setTimeout(askForGreeting, BUS_PATIENCE, asked, times - 1);
  }

  function receiveBus(message: unknown): void {
    const { method, params } = (isObject(message) ? message : {}) as { method?: string; params?: EventMessage & { client: string } };
    if (!isObject(params)) return;
    if (method === '$/event') hearBus(params);
    else if (method === '$/joined' && params.client === core?.client && !asking && since === Infinity) void join(true);
  }

  function hearBus(message: EventMessage): void {
    if (asking) early.push(message);
    else if (message.seq > since && message.seq <= until) {
      receive(message);
      heard = message.seq;
      advance();
    }
  }

  /** Goes over to the bus, or leaves it, at the event that the core's answer names. */
  async function join(onBus: boolean): Promise<void> {
    const asked = core;
    asking = true;
    greeted = onBus;
    try {
      // Not in the time of a call: a core that reads it later tells us there all the same.
      const { seq } = await call<{ seq: number }>('$/join', { greeted }, { timeout: Infinity });
      if (asked !== core) return;
      if (onBus) since = heard = seq;
      else until = seq;
    } catch {
      if (asked !== core) return;
      // The link goes on.
      greeted = false;
    }
    asking = false;
    early.splice(0).forEach(hearBus);
    advance();
  }

  /** Rejections of a lost core are not the listener's end: the next core is asked again. */
  async function register(listener: Listener): Promise<void> {
    if (!listeners.has(listener)) return;
    const asked = core;
    listener.asked = true;
    try {
      const answer = call<Listening>('$/listen', { event: listener.event, listener: listener.id });
      listenToBus();
      const { seq, retained } = await answer;
      if (asked !== core) return;
      listener.since = seq;
      listener.registered();
      if (retained && listeners.has(listener)) run(listener, retained.payload);
      for (const message of listener.held.splice(0)) hear(listener, message);
    } catch (error) {
      if (asked === core || closedBy()) listener.failed(error);
    }
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

  function receive(message: EventMessage): void {
    for (const listener of listeners) if (listener.event === message.event) hear(listener, message);
  }

  return {
    get size() {
      return listeners.size;
    },
    get heard() {
      return greeted ? heard : Infinity;
    },

    listen(event, handler, { signal, onEnd } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) throw signal.reason;
        if (closedBy()) throw closedBy();
        const id = ++lastId;
        const end = (): boolean => {
          signal?.removeEventListener('abort', abort);
          return listeners.delete(listener);
        };
        const unlisten = (): void => {
          if (end() && core && !listener.local) notify('$/unlisten', { listener: id });
        };
        const abort = (): void => {
          unlisten();
          reject(signal?.reason);
        };
        const listener: Listener = {
          id,
          event,
          handler,
          local: event.startsWith('corral:core-'),
          since: undefined,
          asked: false,
          held: [],
          registered: () => resolve(unlisten),
          failed(error) {
            end();
            reject(error);
            onEnd?.(error);
          },
        };
        signal?.addEventListener('abort', abort);
        listeners.add(listener);
        if (listener.local) {
          listener.since = 0;
          resolve(unlisten);
        } else whenOpen(() => void register(listener));
      });
    },

    leaveBus: () => join(false),

    announce: (event, payload) => receive({ event, payload, seq: 1 }),
    receive,

    open(welcome) {
      core = welcome;
      for (const listener of listeners) if (listener.asked) void register(listener);
    },

    lose(error) {
      bus?.close(true);
      core = bus = undefined;
      greeted = asking = false;
      early = [];
      since = until = Infinity;
      heard = 0;
      for (const listener of listeners) {
        if (listener.local) continue;
        listener.since = undefined;
        listener.held = [];
        if (error) listener.failed(error);
      }
    },

    end(id, error) {
      for (const listener of listeners) if (listener.id === id) listener.failed(error);
    },

    close: () => listeners.clear(),
  };
}
