/** A pipe over a worker, a port, a BroadcastChannel or a test double: posts the messages of one tick as one frame. */
import { openTap, type TapSide, type Tell } from './tap.ts';

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
  /** Called before anything is posted, to post what that has to wait for. */
  before?(): unknown;
  /** For who taps: which end this is, and of whom. */
  side?: TapSide;
  label?: string | undefined;
}

/** A message in place of another, with what it moves. */
export interface Mended {
  message: object;
  transfer: Transferable[];
  /** Called when it has been posted. */
  posted?(): void;
}

export interface Link {
  /** From now on the messages of one tick may go as one array. */
  framed: boolean;
  /**
   * Posts at the end of the tick, or now if the message moves something or is `alone`: what holds objects has to be
   * cloned before their owner changes them, and a list of transfers that fails must not take its neighbours along.
   */
  send(message: object, transfer?: Transferable[], alone?: boolean): void;
  /**
   * As `send`, but the message may wait for more of its kind: as long as that follows at once, one frame takes all. With
   * no message, lengthens the wait.
   */
  linger(message?: object): void;
  /** Another number after each post, and after each message but those that linger. */
  epoch: number;
  /** Told of what crosses, if somebody taps. */
  readonly tell: Tell | undefined;
  /** Posts what waits, now. */
  flush(): void;
  /** Posts what waits and stops listening. Closes the port too, if asked to. */
  close(closePort: boolean): void;
}

const NOTHING: Transferable[] = [];
/** So many microtasks may pass between two items of a stream that are produced without a pause. */
const PAUSE = 8;
/** So many go without waiting for the end of the tick: the other side works on them while this one makes more. */
const FULL = 128;
// Taken when the page loads, as a port's `postMessage` is when it is linked: a script that patches them later sees no message go by.
const { getPrototypeOf } = Object;
const { isArray } = Array;
const { asyncIterator } = Symbol;

export function openLink(port: Port, { receive, refused, garbled, before, side, label }: LinkOptions): Link {
  const postMessage = port.postMessage.bind(port);
  const tell = openTap?.(side, label);
  // Filled by index for the same reason.
  let messages: object[] = [];
  let patience = 0;
  const onMessage = ({ data, ports }: MessageEvent): void => {
    tell?.('received', data);
    receive(data, ports);
  };
  const onGarbled = (): void => {
    tell?.('garbled');
    garbled();
  };

  /** `await` and not `queueMicrotask`, which leaves the engine's own code each time. */
  async function due(): Promise<void> {
    do await undefined;
    while (patience-- > 0);
    flush();
  }

  function flush(): void {
    before?.();
    const all = messages;
    messages = [];
    link.epoch++;
    tell?.('sent', all);
    if (link.framed && all.length > 1) {
      try {
        return postMessage(all, NOTHING);
      } catch {
        // One culprit must not harm its neighbours, so each goes alone.
      }
    }
    for (let index = 0; index < all.length; index++) post(all[index] as object, NOTHING);
  }

  function post(message: object, transfer: Transferable[], posted?: () => void): void {
    try {
      postMessage(message, transfer);
    } catch (cause) {
      tell?.('uncloneable', message, { cause });
      for (const mended of refused(message, cause, transfer) ?? []) {
        tell?.('sent', mended.message);
        post(mended.message, mended.transfer, mended.posted);
      }
      return;
    }
    posted?.();
  }

  function wait(message: object): void {
    messages[messages.length] = message;
    if (messages.length === 1) void due();
    else if (messages.length === FULL) flush();
  }

  const link: Link = {
    framed: false,
    epoch: 0,
    tell,
    send(message, transfer = NOTHING, alone = false) {
      patience = 0;
      link.epoch++;
      if (alone || transfer.length > 0) {
        flush();
        tell?.('sent', message);
        post(message, transfer);
      } else wait(message);
    },
    linger(message) {
      patience = PAUSE;
      if (message) wait(message);
    },
    flush,
    close(closePort) {
      flush();
      port.removeEventListener('message', onMessage);
      port.removeEventListener('messageerror', onGarbled);
      tell?.('closed');
      if (closePort) port.close?.();
    },
  };
  port.addEventListener('message', onMessage);
  port.addEventListener('messageerror', onGarbled);
  port.start?.();
  return link;
}

/**
 * A message that waits for the end of the tick must share nothing with anybody: the owner of a value may change it
 * meanwhile, and two messages of one frame would come to hold the same object. So what is flat is copied, and
 * `undefined` is returned for what only a clone could copy: that has to go alone.
 */
export function detached(value: unknown): { value: unknown } | undefined {
  if (isFlat(value)) return { value };
  try {
    const list = isArray(value) && value.length < 64;
    if (!list && getPrototypeOf(value) !== Object.prototype) return undefined;
    // No data, but a stream of it.
    if (asyncIterator in (value as object)) return undefined;
    const copy: Record<string, unknown> = list ? ([] as never) : { ...(value as object) };
    if (list) for (let index = 0; index < value.length; index++) copy[index] = value[index];
    for (const key in copy) if (!isFlat(copy[key])) return undefined;
    return { value: copy };
  } catch {
    return undefined; // a getter or a trap that throws: posting it will say so
  }
}

/** Neither something that its owner may change, nor something that cannot cross: who sends that has to learn of it at once. */
function isFlat(value: unknown): boolean {
  const type = typeof value;
  return type === 'object' ? value === null : type !== 'function' && type !== 'symbol';
}
