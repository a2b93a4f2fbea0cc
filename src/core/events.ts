/** Answers an emit: authorize, find, validate, tell. Only a core speaks on the bus. */
import { openBus, type Bus } from '../wire/bus.ts';
import { CorralError, malformed, notCloneable, quote } from '../wire/errors.ts';
import { isObject, type EventMessage, type Listening } from '../wire/messages.ts';
import { notAllowed, type Identity } from './authority.ts';
import type { DeclaredEvent } from './declare/event.ts';
import { overloaded, report } from './failure.ts';
import { guard } from './guard.ts';
import type { Kernel } from './kernel.ts';
import type { Session } from './session.ts';
import { validate, type Verdict } from './validate.ts';

type Listener = (event: { event: string; id: number; payload: never }) => void;

export interface Events {
  readonly busName: string;
  /** Validates and tells. Rejects with INVALID_PAYLOAD, or NOT_ALLOWED where the event is not declared. */
  emit(event: string, payload?: unknown, to?: string | Session): Promise<void>;
  emitTo(label: string, event: string, payload?: unknown): Promise<void>;
  /** Tells listeners what Corral itself has to say; such an event needs no declaration and no schema. */
  announce(event: string, payload: unknown): void;
  /** What a new listener is told: which events came before it, and a retained value. */
  register(event: string): Listening;
  /** Says on the bus that this client is listening there, so that it knows it can hear. */
  greet(client: string): void;
  listen(event: string, handler: Listener): () => void;
  isDeclared(event: string): boolean;
  /** Joins the bus of the cores of this name in other tabs, if an event reaches that far. */
  open(): void;
  close(): void;
}

/** What Corral itself emits; a core may listen to it without declaring it. */
export const CORE_LIFECYCLE = ['corral:client-joined', 'corral:client-left'];

export function createEvents(kernel: () => Kernel, declared: ReadonlyMap<string, DeclaredEvent>, name: string): Events {
  const busName = `corral:${name}:${crypto.randomUUID()}`;
  const retained = new Map<string, { payload: unknown }>();
  const listeners = new Map<string, Set<{ id: number; handler: Listener }>>();
  let bus: Bus | undefined;
  let originBus: Bus | undefined;
  let seq = 0;
  let listenerId = 0;
  /** Emits wait for each other only while a schema takes its time, so that their order is kept. */
  let tail: Promise<unknown> | undefined;

  function speak(message: object): void {
    // Nothing said on the bus is heard by the core: whoever speaks there is no core, so it is ignored.
    bus ??= openBus(busName, () => {}, refused);
    bus?.send(message);
  }

  function refused(message: object, cause: unknown): void {
    const { event, payload } = (message as { params: EventMessage }).params;
    report(kernel(), notCloneable(`The payload of ${quote(event)}`, payload, 'core', cause), { event });
  }

  function tell(event: string, payload: unknown, to?: string | Session): void {
    const declaration = declared.get(event);
    if (declaration?.retain && to === undefined) retained.set(event, { payload });
    const message = { jsonrpc: '2.0', method: '$/event', params: { event, payload, seq: ++seq } };
    let onBus = false;
    for (const session of kernel().sessions) {
      if (!session.hears(event) || (to !== undefined && to !== session && to !== session.client.label)) continue;
      if (session.onBus && to === undefined) onBus = true;
      else session.send(message);
    }
    if (onBus) speak(message);
    if (to !== undefined) return;
    for (const listener of listeners.get(event) ?? []) {
      try {
        listener.handler({ event, id: listener.id, payload: payload as never });
      } catch (error) {
        report(kernel(), error, { event });
      }
    }
  }

  function accept(event: string, verdict: Verdict, to: string | Session | undefined, far: boolean): void {
    if (verdict.issues) {
      const [first] = verdict.issues;
      const message = `The payload of ${quote(event)} was refused: ${first?.message ?? 'invalid'}${first?.path.length ? ` at ${quote(first.path.join('.'))}` : ''}.`;
      throw new CorralError('INVALID_PAYLOAD', message, { details: { event, issues: verdict.issues } });
    }
    tell(event, verdict.value, to);
    if (far) originBus?.send({ jsonrpc: '2.0', method: '$/event', params: { event, payload: verdict.value, seq } });
  }

  async function emit(event: string, payload?: unknown, to?: string | Session, far = true): Promise<void> {
    const declaration = declared.get(event);
    if (!declaration) throw undeclared(event);
    const verdict = validate(declaration.schema, payload);
    const reaches = far && declaration.scope === 'origin' && to === undefined;
    if (!tail && !(verdict instanceof Promise)) return accept(event, verdict, to, reaches);
    const mine = (tail ?? Promise.resolve()).then(async () => accept(event, await verdict, to, reaches));
    const settled = mine.catch(() => {}).then(() => {
      if (tail === settled) tail = undefined;
    });
    tail = settled;
    return mine;
  }

  /** Another tab's core speaks here, or any script of this origin: everything is judged as a stranger's. */
  function receiveFar(message: unknown): void {
    const params = isObject(message) && message['method'] === '$/event' ? message['params'] : undefined;
    const event = isObject(params) ? params['event'] : undefined;
    if (typeof event !== 'string' || declared.get(event)?.scope !== 'origin' || guard(params, kernel().limits)) {
      kernel().violations++;
      return;
    }
    emit(event, (params as Record<string, unknown>)['payload'], undefined, false).catch(() => kernel().violations++);
  }

  return {
    busName,
    emit: (event, payload, to) => emit(event, payload, to),
    emitTo: (label, event, payload) => emit(event, payload, label),
    announce: (event, payload) => tell(event, payload),
    register(event) {
      const last = retained.get(event);
      return last ? { seq, retained: last } : { seq };
    },
    greet: (client) => speak({ jsonrpc: '2.0', method: '$/joined', params: { client } }),
    listen(event, handler) {
      if (!declared.has(event) && !CORE_LIFECYCLE.includes(event)) throw undeclared(event);
      const listener = { id: ++listenerId, handler };
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all.add(listener));
      const last = retained.get(event);
      if (last) queueMicrotask(() => all.has(listener) && handler({ event, id: listener.id, payload: last.payload as never }));
      return () => void all.delete(listener);
    },
    isDeclared: (event) => declared.has(event) || CORE_LIFECYCLE.includes(event),
    open() {
      if ([...declared.values()].some(({ scope }) => scope === 'origin')) originBus ??= openBus(`corral:${name}`, receiveFar, refused);
    },
    close() {
      bus?.close();
      originBus?.close();
      bus = originBus = undefined;
    },
  };
}

function undeclared(event: string): CorralError {
  return new CorralError('INVALID_PAYLOAD', `No event ${quote(event)} is declared. Add it to the core's \`events\`.`, { details: { event: event.slice(0, 80), issues: [] } });
}

/** What one client listens to. */
export interface Hearing {
  readonly onBus: boolean;
  readonly count: number;
  hears(event: string): boolean;
  listen(session: Session, params: Record<string, unknown>): Listening;
  unlisten(params: Record<string, unknown>): void;
  clear(): void;
}

export function createHearing(kernel: Kernel, identity: Identity): Hearing {
  /** By event, the client's own numbers for its listeners, so that listening twice under one number counts once. */
  const heard = new Map<string, Set<unknown>>();
  let count = 0;
  let onBus = false;
  return {
    get onBus() {
      return onBus;
    },
    get count() {
      return count;
    },
    hears: (event) => heard.has(event),
    listen({ client }, { event, listener, bus }) {
      if (typeof event !== 'string' || !Number.isSafeInteger(listener)) throw malformed('`$/listen` takes { event, listener }');
      if (!kernel.authority.allows(identity, 'listen', event)) throw notAllowed(client.label, 'listen', event);
      if (!kernel.events.isDeclared(event)) throw undeclared(event);
      const ids = heard.get(event) ?? new Set();
      if (!ids.has(listener)) {
        if (count >= kernel.limits.listeners) throw overloaded('listeners', kernel.limits.listeners);
        count++;
        heard.set(event, ids.add(listener));
      }
      const was = onBus;
      onBus = bus === true && kernel.authority.hearsAll(identity);
      if (onBus && !was) kernel.events.greet(client.id);
      return kernel.events.register(event);
    },
    unlisten({ event, listener }) {
      const ids = heard.get(event as string);
      if (!ids?.delete(listener)) return;
      count--;
      if (ids.size === 0) heard.delete(event as string);
    },
    clear() {
      heard.clear();
      count = 0;
      onBus = false;
    },
  };
}

/** A client's emit: authorize, then the same way as the core's own. */
export async function emitFor(kernel: Kernel, { identity, client }: Session, { event, payload, to }: Record<string, unknown>): Promise<void> {
  if (typeof event !== 'string' || (to !== undefined && typeof to !== 'string')) throw malformed('`$/emit` takes { event, payload, to }');
  // What Corral itself says can be said by nobody else.
  if (event.startsWith('corral:') || !kernel.authority.allows(identity, 'emit', event)) throw notAllowed(client.label, 'emit', event);
  return kernel.events.emit(event, payload, to);
}
