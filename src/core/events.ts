/** Answers an emit: authorize, find, validate, tell. Only a core speaks on the bus. */
import { openBus } from '../wire/bus.ts';
import { CorralError, notCloneable, quote } from '../wire/errors.ts';
import { detached, type Link } from '../wire/link.ts';
import { randomName } from '../wire/random.ts';
import { type EventMessage, type Listening } from '../wire/messages.ts';
import type { DeclaredEvent } from './declare/event.ts';
import { malformed, overloaded, report, sentence } from './failure.ts';
import { guard } from './guard.ts';
import type { Kernel } from './kernel.ts';
import type { Session } from './session.ts';
import { validate, type Verdict } from './validate.ts';

type Listener = (event: { event: string; id: number; payload: never }) => void;

export interface Events {
  /** The last event that was told on the bus. */
  spoken: number;
  /** Validates and tells every listener, or only the clients of that label, or only that one. Rejects with INVALID_PAYLOAD. */
  emit(event: string, payload?: unknown, to?: string | Session, from?: Session): Promise<void>;
  emitTo(label: string, event: string, payload?: unknown): Promise<void>;
  /** Tells what Corral itself has to say. */
  announce(event: string, payload: unknown): void;
  /** The core's own listening. */
  listen(event: string, handler: Listener): () => void;
  /** Answers a client's `$/listen`. */
  register(session: Session, params: Record<string, unknown>): Listening;
  unregister(session: Session, params: Record<string, unknown>): void;
  /** Answers a client's `$/join`: greets it on the bus, or tells it there from now on. */
  join(session: Session, params: Record<string, unknown>): { seq: number };
  /** Joins the bus of the cores of this name in other tabs, if an event reaches that far. */
  open(): void;
  /** Posts what waits to be told on the bus. */
  flush(): void;
  close(): void;
  /** To where it is not known: some who were told of the bus may not hear everything any more. All are fed over their links, until they say hello anew. */
  moveBus(): void;
}

export function createEvents(kernel: Kernel, declared: ReadonlyMap<string, DeclaredEvent>): Events {
  const retained = new Map<string, { payload: unknown }>();
  const listeners = new Set<{ id: number; event: string; handler: Listener }>();
  let bus: Link | undefined;
  let originBus: Link | undefined;
  let seq = 0;
  /** The last event that the bus could not carry. */
  let uncarried = 0;
  let lastId = 0;
  /** By emitter, the end of the queue in which emits wait while a schema takes its time, so that their order is kept. */
  const tails = new Map<Session | undefined, Promise<void>>();

  /** What others say on the bus is not heard: they are no cores. */
  function speak(message: object, alone: boolean): void {
    bus ??= openBus(kernel.busName, () => {}, refused);
    bus?.send(message, undefined, alone);
  }

  function refused(message: object, cause: unknown): void {
    const { event, payload, seq: refusedSeq } = (message as { params: EventMessage }).params;
    uncarried = refusedSeq;
    void report(kernel, notCloneable(`The payload of ${quote(event)}`, payload, 'core', cause), { event });
  }

  function find(event: string): DeclaredEvent {
    const found = declared.get(event);
    if (found) return found;
    throw new CorralError('INVALID_PAYLOAD', `Core ${quote(kernel.name)} declares no event ${quote(event)}.`, { event: event.slice(0, 80), issues: [] });
  }

  function tell(event: string, payload: unknown, to?: string | Session): EventMessage {
    const own = detached(payload);
    const params = { event, payload: own ? own.value : payload, seq: ++seq };
    const message = { jsonrpc: '2.0', method: '$/event', params };
    let onBus = false;
    for (const session of kernel.sessions) {
      if (!hears(session, event)) continue;
      if (to === undefined && session.onBus !== undefined) onBus = true;
      else if (to === undefined || to === session || to === session.client.label) session.send(message, undefined, !own);
    }
    if (onBus) {
      speak(message, !own);
      if (uncarried !== seq) events.spoken = seq;
    }
    if (to === undefined) for (const listener of listeners) if (listener.event === event) hear(listener, payload);
    return params;
  }

  function hear({ event, id, handler }: { id: number; event: string; handler: Listener }, payload: unknown): void {
    try {
      handler({ event, id, payload: payload as never });
    } catch (error) {
      // One listener's fault is not another's.
      void report(kernel, error, { event });
    }
  }

  async function emit(event: string, payload?: unknown, to?: string | Session, from?: Session): Promise<void> {
    const { schema, retain, scope } = find(event);
    const verdict = validate(schema, payload);
    const accept = ({ value, issues }: Verdict & { value?: unknown }): void => {
      if (issues) throw new CorralError('INVALID_PAYLOAD', `The payload of ${quote(event)} was refused: ${sentence(issues)}`, { event, issues });
      if (retain && to === undefined) retained.set(event, { payload: snapshot(event, value) });
      const params = tell(event, value, to);
      if (scope === 'origin' && to === undefined && from !== FAR) originBus?.send({ jsonrpc: '2.0', method: '$/event', params }, undefined, true);
    };
    const tail = tails.get(from);
    if (!tail && !(verdict instanceof Promise)) return accept(verdict);
    const turn = Promise.all([verdict, tail]).then(([judged]) => accept(judged));
    const last = turn.catch(() => {}).then(() => void (tails.get(from) === last && tails.delete(from)));
    tails.set(from, last);
    return turn;
  }

  /** Another tab's core speaks here, or any script of this origin: everything is judged as a stranger's. */
  async function receiveFar(message: unknown): Promise<void> {
    try {
      const { event, payload } = (message as { params: EventMessage }).params;
      guard(payload, kernel.limits);
      if (find(event).scope !== 'origin') throw undefined;
      await emit(event, payload, undefined, FAR);
    } catch {
      kernel.violations++;
    }
  }

  const events: Events = {
    spoken: 0,
    emit,
    emitTo: (label, event, payload) => emit(event, payload, label),
    announce: tell,
    listen(event, handler) {
      if (!isOwn(event)) find(event);
      const listener = { id: ++lastId, event, handler };
      listeners.add(listener);
      const last = retained.get(event);
      if (last) queueMicrotask(() => listeners.has(listener) && hear(listener, last.payload));
      return () => void listeners.delete(listener);
    },
    register(session, { event, listener }) {
      if (typeof event !== 'string' || !Number.isSafeInteger(listener)) throw malformed('`$/listen` takes { event, listener }');
      kernel.authority.authorize(session, 'listen', event);
      if (!isOwn(event)) find(event);
      const { listeners: allowed } = kernel.limits;
      if (!session.listening.has(listener) && session.listening.size >= allowed) throw overloaded('listeners', allowed);
      session.listening.set(listener, event);
      return { seq, retained: retained.get(event) };
    },
    join(session, { greeted }) {
      if (session.bus === kernel.busName) {
        if (greeted !== undefined) session.onBus = greeted === true ? events.spoken : undefined;
        // Heard there, it tells the client that it can hear there.
        else speak({ jsonrpc: '2.0', method: '$/joined', params: { client: session.client.id } }, false);
      }
      return { seq };
    },
    unregister: ({ listening }, { listener }) => void listening.delete(listener),
    open() {
      if ([...declared.values()].some(({ scope }) => scope === 'origin')) originBus = openBus(`corral:${kernel.name}`, receiveFar, refused);
    },
    flush: () => bus?.flush(),
    moveBus() {
      kernel.busName = newBusName(kernel.name);
      for (const session of kernel.sessions) {
        // Says nothing, but comes after what the old bus still brings, and before what the link does.
        if (session.onBus !== undefined) session.send({ jsonrpc: '2.0', method: '$/ready' });
        session.onBus = session.bus = undefined;
      }
      bus?.close(true);
      bus = undefined;
    },
    close() {
      bus?.close(true);
      originBus?.close(true);
      bus = originBus = undefined;
    },
  };
  return events;
}

/** Who hears the bus takes a message after what was told there before: an event that a handler emits before it answers is heard before the answer. */
export function inPlace({ events: { spoken } }: Kernel, session: Session, message: object): object {
  if (session.onBus === undefined || session.onBus === spoken) return message;
  session.onBus = spoken;
  return { ...message, after: spoken };
}

/** The emitter of what came from other tabs: their schemas' time is not ours. */
const FAR = {} as Session;

/** Random: who was not told cannot listen there. */
export function newBusName(core: string): string {
  return `corral:${core}:${randomName()}`;
}

/** A retained payload as it is now, whatever its owner does with it later. */
function snapshot(event: string, payload: unknown): unknown {
  try {
    return structuredClone(payload);
  } catch (cause) {
    throw notCloneable(`The payload of ${quote(event)}`, payload, 'core', cause);
  }
}

/** What Corral itself says: it needs no declaration, and nobody else can say it. */
function isOwn(event: string): boolean {
  return event.startsWith('corral:client-');
}

function hears({ listening }: Session, event: string): boolean {
  for (const heard of listening.values()) if (heard === event) return true;
  return false;
}

/** A client's emit: authorize, then the same way as the core's own. */
export async function emitFor({ authority, events }: Kernel, session: Session, { event, payload, to }: Record<string, unknown>): Promise<null> {
  if (typeof event !== 'string' || (to !== undefined && typeof to !== 'string')) throw malformed('`$/emit` takes { event, payload, to }');
  authority.authorize(session, 'emit', event);
  await events.emit(event, payload, to, session);
  return null;
}
