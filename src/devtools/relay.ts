/** Carries what one realm captured to an inspector in another: a frame's page, or the worker of a core. */
import type { Port } from '../client.ts';
import type { Capture } from './capture.ts';
import { listenHere } from './hub.ts';
import { countFrom, readCapture } from './received.ts';

/** From the relay: it is there; here are captures, after so many that were dropped. To it, of `who`: begin; the batch came, send the next; enough. */
type FromRelay = { corral: 'here' } | { corral: 'batch'; captures: readonly Capture[]; dropped: number };
interface ToRelay {
  corral: 'begin' | 'next' | 'enough';
  who: string;
}
interface Inspect {
  corral: 'inspect';
  port: MessagePort;
}

/** So much waits for an inspector that is slow to read; then the oldest are dropped, and counted. */
const WAITING = 10_000;
const BATCH = 500;

/**
 * Sends what this realm captures to the inspector that attaches to the other end: a MessagePort, or a BroadcastChannel of the
 * same name. Without a port, in a worker, answers the `inspect` of its owner: call it before `serve`. Returns what ends it.
 */
export function relay(port?: Port): () => void {
  return port ? send(port) : answer(globalThis as unknown as EventTarget);
}

/** Asks a worker that called `relay()` for what it captures; returns the port to attach to, or to hand to another window. */
export function inspect(worker: { postMessage(message: unknown, transfer: Transferable[]): void }): MessagePort {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ corral: 'inspect', port: port2 } satisfies Inspect, [port2]);
  return port1;
}

function answer(scope: EventTarget): () => void {
  const ends = new Set<() => void>();
  const onMessage = (event: Event): void => {
    const { corral, port } = Object((event as MessageEvent).data) as Partial<Inspect>;
    if (corral !== 'inspect' || !port) return;
    // It is not for the core, which would count it as a violation.
    event.stopImmediatePropagation();
    ends.add(send(port));
  };
  scope.addEventListener('message', onMessage);
  return () => {
    scope.removeEventListener('message', onMessage);
    for (const end of ends) end();
  };
}

function send(port: Port): () => void {
  let waiting: Capture[] = [];
  let dropped = 0;
  let free = false;
  let mute: (() => void) | undefined;
  /** Whom it tells. Either side may be there first, so one may ask twice. */
  let reader: string | undefined;

  function take(captured: Capture): void {
    waiting.push(captured);
    if (waiting.length > WAITING) {
      waiting = waiting.slice(BATCH);
      dropped += BATCH;
    }
    if (free) post();
  }

  /** One batch is under way at a time: however slow the inspector is, no more pile up at its door. */
  function post(): void {
    free = waiting.length === 0;
    if (free) return;
    const captures = waiting.slice(0, BATCH);
    waiting = waiting.slice(BATCH);
    if (!tell(port, { corral: 'batch', captures, dropped })) return hold(undefined);
    dropped = 0;
  }

  function hear({ data }: MessageEvent): void {
    const { corral, who } = Object(data) as Partial<ToRelay>;
    if (corral === 'next' && who === reader) post();
    else if (corral === 'enough' && who === reader) hold(undefined);
    else if (corral === 'begin' && who !== reader) hold(who);
  }

  function hold(who: string | undefined): void {
    mute?.();
    reader = who;
    waiting = [];
    dropped = 0;
    free = who !== undefined;
    mute = free ? listenHere(take) : undefined;
  }

  port.addEventListener('message', hear);
  port.start?.();
  tell(port, { corral: 'here' });
  return () => {
    hold(undefined);
    port.removeEventListener('message', hear);
  };
}

/** Reads the other end of a relay; returns what ends it. */
export function follow(port: Port, take: (captured: Capture) => void, lost: (count: number) => void): () => void {
  const who = crypto.randomUUID?.() ?? String(Math.random());
  const say = (corral: ToRelay['corral']): boolean => tell(port, { corral, who });

  /** Whoever has the other end may say anything. */
  function hear({ data }: MessageEvent): void {
    const { corral, captures, dropped } = Object(data) as Record<string, unknown>;
    if (corral === 'here') say('begin');
    if (corral !== 'batch' || !Array.isArray(captures)) return;
    let missing = countFrom(dropped) + Math.max(captures.length - BATCH, 0);
    for (const one of captures.slice(0, BATCH)) {
      const captured = readCapture(one);
      if (captured) take(captured);
      else missing++;
    }
    if (missing > 0) lost(missing);
    say('next');
  }

  port.addEventListener('message', hear);
  port.start?.();
  say('begin');
  return () => {
    say('enough');
    port.removeEventListener('message', hear);
  };
}

/** A BroadcastChannel that was closed throws; then nobody is there to be told. */
function tell(port: Port, message: FromRelay | ToRelay): boolean {
  try {
    port.postMessage(message, []);
    return true;
  } catch {
    return false;
  }
}
