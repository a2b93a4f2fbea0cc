/** What waits to be sent: while no core is there, and while the core has more bytes to read than it should. */
import { BYTES, weigh } from '../wire/credit.ts';
import { holdsLive } from '../wire/live.ts';
import type { Id, Request } from '../wire/messages.ts';

/** What the id of a ping begins with that asks whether all before it has been read. */
const ASKED = 'read ';

type Post = (message: Request, transfer: Transferable[] | undefined, alone: boolean) => void;

export interface Outbox {
  /** Posts it, or lines it up behind what waits already. `urgent` is what concerns calls that were sent: it never waits for the core to read. */
  send(message: Request, transfer: Transferable[] | undefined, alone: boolean, urgent: boolean): void;
  /** Runs this when a core is there, in the order in which things were asked. */
  whenOpen(run: () => void): void;
  has(id: Id): boolean;
  /** Takes back a call that waits; false if it has been sent. */
  unsend(id: Id): boolean;
  /** The core has answered this, so it has read all that was sent before it. Returns whether it was for nobody else. */
  answered(id: unknown): boolean;
  /** A core is there: what `first` sends goes before all that waits. */
  open(first: () => void): void;
  /** The core has gone. What waits goes on waiting. */
  shut(): void;
  clear(): void;
}

/** `ask` sends a ping of that id: the core answers it when it has read what came before. */
export function createOutbox(post: Post, ask: (id: string) => void): Outbox {
  /** Nothing that was ever sent comes back here. */
  const waiting = new Map<Id | symbol, () => void>();
  /** What the core may not have read yet, in order. Not what it has not answered: one long call would keep all others waiting. */
  const unread = new Map<Id, number>();
  let bytes = 0;
  let isOpen = false;
  let flowing = false;

  function put(message: Request, transfer: Transferable[] | undefined, alone: boolean): void {
    const weight = message.id === undefined ? 0 : weigh(message.params);
    post(message, transfer, alone);
    if (weight === 0) return;
    unread.set(message.id as Id, weight);
    bytes += weight;
    if (bytes < BYTES) return;
    const asked = `${ASKED}${String(message.id)}`;
    unread.set(asked, 0);
    ask(asked);
  }

  /** Meanwhile everything goes out at once, or a listener would be registered behind calls that were made after it. */
  function flow(): void {
    flowing = true;
    for (const [key, run] of waiting) {
      if (!isOpen || bytes >= BYTES) break;
      waiting.delete(key);
      run();
    }
    flowing = false;
  }

  return {
    send(message, transfer, alone, urgent) {
      if (isOpen && (urgent || flowing || (bytes < BYTES && waiting.size === 0))) return put(message, transfer, alone);
      const kept = alone && !transfer && !holdsLive(message.params) ? cloned(message) : message;
      waiting.set(message.id ?? Symbol(), () => put(kept, transfer, alone));
    },
    whenOpen(run) {
      if (isOpen && waiting.size === 0) run();
      else waiting.set(Symbol(), run);
    },
    has: (id) => waiting.has(id),
    unsend: (id) => waiting.delete(id),
    answered(id) {
      if (unread.has(id as Id)) {
        for (const [sent, weight] of unread) {
          unread.delete(sent);
          bytes -= weight;
          if (sent === id) break;
        }
        flow();
      }
      return typeof id === 'string' && id.startsWith(ASKED);
    },
    open(first) {
      isOpen = flowing = true;
      first();
      flow();
    },
    shut() {
      isOpen = false;
      unread.clear();
      bytes = 0;
    },
    clear: () => waiting.clear(),
  };
}

/** What waits for a core is what was said, whatever becomes of it meanwhile. What cannot be cloned is refused when it is sent. */
function cloned(message: Request): Request {
  try {
    return structuredClone(message);
  } catch {
    return message;
  }
}
