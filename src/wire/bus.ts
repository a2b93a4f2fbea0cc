/** A one-to-many pipe: a BroadcastChannel that posts the messages of one tick as one frame. */
import { FRAME_LENGTH } from './messages.ts';

export interface Bus {
  send(message: object): void;
  close(): void;
}

/**
 * Joins the bus of that name, or returns undefined where the platform refuses (an opaque-origin frame).
 * `refused` hears of each message that could not be cloned; the others of its frame are sent.
 */
export function openBus(
  name: string,
  receive: (message: unknown) => void,
  refused?: (message: object, cause: unknown) => void,
): Bus | undefined {
  let channel: BroadcastChannel;
  try {
    channel = new BroadcastChannel(name);
  } catch {
    return undefined;
  }
  channel.onmessage = ({ data }) => {
    if (Array.isArray(data)) data.forEach((message) => receive(message));
    else receive(data);
  };
  let outbox: object[] = [];

  function flush(): void {
    const frame = outbox;
    outbox = [];
    for (let start = 0; start < frame.length; start += FRAME_LENGTH) {
      const part = frame.slice(start, start + FRAME_LENGTH);
      try {
        channel.postMessage(part);
      } catch {
        part.forEach(post);
      }
    }
  }

  function post(message: object): void {
    try {
      channel.postMessage(message);
    } catch (cause) {
      refused?.(message, cause);
    }
  }

  return {
    send(message) {
      if (outbox.push(message) === 1) queueMicrotask(flush);
    },
    close() {
      flush();
      channel.close();
    },
  };
}
