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
  /** Hears of each message that could not be cloned; its neighbours in the frame were sent. */
  refused(message: object, cause: unknown): void;
  /** Something arrived that this realm cannot deserialize; nothing says what it was. */
  garbled(): void;
}

export interface Link {
  /** From now on the messages of one tick may go as one array. */
  framed: boolean;
  send(message: object, transfer?: Transferable[]): void;
  /** Posts what waits, now. */
  flush(): void;
  /** Posts what waits and stops listening. Closes the port too, if asked to. */
  close(closePort: boolean): void;
}

const NOTHING: Transferable[] = [];
/** Taken when the page loads, as a port's `postMessage` is when it is linked: a script that patches them later sees no message go by. */
const microtask = globalThis.queueMicrotask.bind(globalThis);

export function openLink(port: Port, { receive, refused, garbled }: LinkOptions): Link {
  const postMessage = port.postMessage.bind(port);
  // Filled by index for the same reason.
  let messages: object[] = [];
  /** Few messages move anything, so the others cost nothing here. */
  const transfers = new Map<object, Transferable[]>();
  const onMessage = ({ data, ports }: MessageEvent): void => receive(data, ports);

  function flush(): void {
    const all = messages;
    messages = [];
    if (all.length <= FRAME_LENGTH) postFrame(all);
    else for (let from = 0; from < all.length; from += FRAME_LENGTH) postFrame(all.slice(from, from + FRAME_LENGTH));
    transfers.clear();
  }

  function postFrame(frame: object[]): void {
    if (link.framed && frame.length > 1) {
      try {
        return postMessage(frame, transfers.size ? frame.flatMap(transferOf) : NOTHING);
      } catch {
        // One culprit must not harm its neighbours. A failed post has detached nothing, so each may go alone.
      }
    }
    for (let index = 0; index < frame.length; index++) {
      const message = frame[index] as object;
      try {
        postMessage(message, transferOf(message));
      } catch (cause) {
        refused(message, cause);
      }
    }
  }

  function transferOf(message: object): Transferable[] {
    return transfers.get(message) ?? NOTHING;
  }

  const link: Link = {
    framed: false,
    send(message, transfer) {
      if (transfer?.length) transfers.set(message, transfer);
      messages[messages.length] = message;
      if (messages.length === 1) microtask(flush);
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
