/** A pipe over a worker, a port, a BroadcastChannel or a test double: posts the messages of one tick as one frame. */
import { FRAME_LENGTH, isObject } from './messages.ts';

/** What Worker, MessagePort, BroadcastChannel and a worker's own scope have in common. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message' | 'messageerror', listener: (event: MessageEvent) => void): void;
  removeEventListener(type: 'message' | 'messageerror', listener: (event: MessageEvent) => void): void;
  start?(): void;
  close?(): void;
}

export interface LinkOptions {
  /** Hears each arriving message or frame, as it came. */
  receive(data: unknown, ports: readonly MessagePort[]): void;
  /** Hears of each message that could not be cloned; its neighbours in the frame were sent. */
  refused(message: object, cause: unknown): void;
  /** Something arrived that this realm cannot deserialize; nothing says what it was. */
  garbled(): void;
}

export interface Link {
  /** From now on the messages of one tick may go as one array. */
  framed: boolean;
  /**
   * Posts at the end of the tick, or now if the message moves something or is `alone`: what holds objects has to be
   * cloned before their owner changes them, and a list of transfers that fails must not take its neighbours along.
   */
  send(message: object, transfer?: Transferable[], alone?: boolean): void;
  /** Posts what waits, now. */
  flush(): void;
  /** Posts what waits and stops listening. Closes the port too, if asked to. */
  close(closePort: boolean): void;
}

const NOTHING: Transferable[] = [];
// Taken when the page loads, as a port's `postMessage` is when it is linked: a script that patches them later sees no message go by.
const microtask = globalThis.queueMicrotask.bind(globalThis);
const { getPrototypeOf } = Object;
const { isArray } = Array;

export function openLink(port: Port, { receive, refused, garbled }: LinkOptions): Link {
  const postMessage = port.postMessage.bind(port);
  // Filled by index for the same reason.
  let messages: object[] = [];
  const onMessage = ({ data, ports }: MessageEvent): void => receive(data, ports);

  function flush(): void {
    const all = messages;
    messages = [];
    if (all.length <= FRAME_LENGTH) postFrame(all);
    else for (let from = 0; from < all.length; from += FRAME_LENGTH) postFrame(all.slice(from, from + FRAME_LENGTH));
  }

  function postFrame(frame: object[]): void {
    if (link.framed && frame.length > 1) {
      try {
        return postMessage(frame, NOTHING);
      } catch {
        // One culprit must not harm its neighbours, so each goes alone.
      }
    }
    for (let index = 0; index < frame.length; index++) post(frame[index] as object, NOTHING);
  }

  function post(message: object, transfer: Transferable[]): void {
    try {
      postMessage(message, transfer);
    } catch (cause) {
      refused(message, cause);
    }
  }

  const link: Link = {
    framed: false,
    send(message, transfer = NOTHING, alone = false) {
      if (alone || transfer.length > 0) {
        flush();
        post(message, transfer);
      } else {
        messages[messages.length] = message;
        if (messages.length === 1) microtask(flush);
      }
    },
    flush,
    close(closePort) {
      flush();
      port.removeEventListener('message', onMessage);
      port.removeEventListener('messageerror', garbled);
      if (closePort) port.close?.();
    },
  };
  port.addEventListener('message', onMessage);
  port.addEventListener('messageerror', garbled);
  port.start?.();
  return link;
}

/**
 * A message that waits for the end of the tick must share nothing with anybody: the owner of a value may change it
 * meanwhile, and two messages of one frame would come to hold the same object. So what is flat is copied, and
 * `undefined` is returned for what only a clone could copy: that has to go alone.
 */
export function detached(value: unknown): { value: unknown } | undefined {
  if (typeof value !== 'object' || value === null) return { value };
  try {
    const list = isArray(value) && value.length < 64;
    if (!list && getPrototypeOf(value) !== Object.prototype) return undefined;
    const copy: Record<string, unknown> = list ? ([] as never) : { ...value };
    if (list) for (let index = 0; index < value.length; index++) copy[index] = value[index];
    for (const key in copy) if (isObject(copy[key])) return undefined;
    return { value: copy };
  } catch {
    return undefined; // a getter or a trap that throws: posting it will say so
  }
}
