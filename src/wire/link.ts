/** A pipe over a worker, a port, a BroadcastChannel or a test double: posts the messages of one tick as one frame. */
import { FRAME_LENGTH } from './messages.ts';

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
  /**
   * Hears of each message that could not be cloned, with what it was to move; its neighbours in the frame were sent.
   * What it returns is posted instead, in the same place.
   */
  refused(message: object, cause: unknown, transfer: Transferable[]): Mended[] | void;
  /** Something arrived that this realm cannot deserialize; nothing says what it was. */
  garbled(): void;
}

/** A message in place of another, with what it moves. */
export interface Mended {
  message: object;
  transfer: Transferable[];
}

export interface Link {
  /** From now on the messages of one tick may go as one array. */
  framed: boolean;
  send(message: object, transfer?: Transferable[]): void;
  /** Another number after each post, and after each message that is no `linger`ing one. */
  epoch: number;
  /** As `send`, but the message may wait for more of its kind: as long as that follows at once, one frame takes all. */
  linger(message?: object, transfer?: Transferable[]): void;
  /** Posts what waits, now. */
  flush(): void;
  /** Posts what waits and stops listening. Closes the port too, if asked to. */
  close(closePort: boolean): void;
}

const NOTHING: Transferable[] = [];
/** So many microtasks may pass between two items of a stream that are produced without a pause. */
const PAUSE = 8;
/** Taken when the page loads, as a port's `postMessage` is when it is linked: a script that patches them later sees no message go by. */
const microtask = globalThis.queueMicrotask.bind(globalThis);

export function openLink(port: Port, { receive, refused, garbled }: LinkOptions): Link {
  const postMessage = port.postMessage.bind(port);
  // Filled by index for the same reason.
  let messages: object[] = [];
  /** Few messages move anything, so the others cost nothing here. */
  let transfers = new Map<object, Transferable[]>();
  let patience = 0;
  const onMessage = ({ data, ports }: MessageEvent): void => receive(data, ports);

  function due(): void {
    if (patience-- > 0) microtask(due);
    else flush();
  }

  function flush(): void {
    const all = messages;
    const moved = transfers;
    messages = [];
    if (moved.size > 0) transfers = new Map();
    link.epoch++;
    if (all.length <= FRAME_LENGTH) postFrame(all, moved);
    else for (let from = 0; from < all.length; from += FRAME_LENGTH) postFrame(all.slice(from, from + FRAME_LENGTH), moved);
  }

  function postFrame(frame: object[], moved: Map<object, Transferable[]>): void {
    const transferOf = (message: object): Transferable[] => moved.get(message) ?? NOTHING;
    if (link.framed && frame.length > 1) {
      try {
        return postMessage(frame, moved.size ? frame.flatMap(transferOf) : NOTHING);
      } catch {
        // One culprit must not harm its neighbours. A failed post has detached nothing, so each may go alone.
      }
    }
    for (let index = 0; index < frame.length; index++) {
      const message = frame[index] as object;
      try {
        postMessage(message, transferOf(message));
      } catch (cause) {
        mend(message, cause, transferOf(message));
      }
    }
  }

  function mend(message: object, cause: unknown, transfer: Transferable[]): void {
    for (const mended of refused(message, cause, transfer) ?? []) {
      try {
        postMessage(mended.message, mended.transfer);
      } catch (again) {
        mend(mended.message, again, mended.transfer);
      }
    }
  }

  function add(message: object, transfer?: Transferable[]): void {
    if (transfer?.length) transfers.set(message, transfer);
    messages[messages.length] = message;
    if (messages.length === 1) microtask(due);
  }

  const link: Link = {
    framed: false,
    epoch: 0,
    send(message, transfer) {
      patience = 0;
      link.epoch++;
      add(message, transfer);
    },
    linger(message, transfer) {
      patience = PAUSE;
      if (message) add(message, transfer);
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
