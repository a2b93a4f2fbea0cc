/** A two-way pipe over a worker, a port or a test double: posts the messages of one tick as one frame. */
import { FRAME_LENGTH } from './messages.ts';

/** What Worker, MessagePort and a worker's own scope have in common. */
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
  /** Posts what waits and stops listening. The port is closed too, if it is ours alone. */
  close(closePort: boolean): void;
}

const microtask = globalThis.queueMicrotask.bind(globalThis);

export function openLink(port: Port, { receive, refused, garbled }: LinkOptions): Link {
  /** Taken now, and the outbox filled by index: a script that patches prototypes later sees no message go by. */
  const postMessage = port.postMessage.bind(port);
  let outbox: object[] = [];
  /** Only messages with transferables have an entry, so that most sends cost no allocation. */
  const transfers = new Map<object, Transferable[]>();
  const onMessage = (event: MessageEvent): void => receive(event.data, event.ports ?? []);

  function flush(): void {
    if (outbox.length === 0) return;
    const messages = outbox;
    outbox = [];
    if (!link.framed || messages.length === 1) return postEach(messages);
    for (let start = 0; start < messages.length; start += FRAME_LENGTH) {
      const frame = messages.length > FRAME_LENGTH ? messages.slice(start, start + FRAME_LENGTH) : messages;
      try {
        postMessage(frame, transfers.size ? frame.flatMap((message) => transfers.get(message) ?? []) : []);
      } catch {
        // One culprit must not harm its neighbours: a failed post has detached nothing, so each may go alone.
        postEach(frame);
      }
    }
    transfers.clear();
  }

  function postEach(messages: object[]): void {
    for (let index = 0; index < messages.length; index++) post(messages[index] as object);
  }

  function post(message: object): void {
    try {
      postMessage(message, transfers.get(message) ?? []);
    } catch (cause) {
      refused(message, cause);
    }
    transfers.delete(message);
  }

  const link: Link = {
    framed: false,
    send(message, transfer) {
      if (transfer?.length) transfers.set(message, transfer);
      outbox[outbox.length] = message;
      if (outbox.length === 1) microtask(flush);
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
