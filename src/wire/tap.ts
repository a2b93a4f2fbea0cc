/** Lets a tool watch: it is told of every message of the links that open while it does, and changes nothing. */
import { FRAME_LENGTH } from './messages.ts';

/** One thing that a tap is told. `message` is the very object that crosses: read it at once, and leave it as it is. */
export interface TapRecord {
  /**
   * `opened`, first on each link: `message` is `{ side, label }`. `closed`, last. `sent`: it is posted now. `uncloneable`: it could not be, for its
   * `cause`. `received`. `garbled`: something came that this realm cannot read. `released`: a resource. Of a core's gate: `decided`, `granted`, `revoked`.
   */
  readonly kind: 'opened' | 'closed' | 'sent' | 'uncloneable' | 'received' | 'garbled' | 'released' | 'decided' | 'granted' | 'revoked';
  /** Counts what was watched in this realm: links, buses, and the gates of cores. */
  readonly link: number;
  /** As `performance.now()` has it. */
  readonly at: number;
  readonly message: unknown;
  readonly cause?: unknown;
  /** Set if it crossed on the port of this resource; `message` then says it as JSON-RPC would. */
  readonly resource?: number;
}

/** Which end of a link it was seen at; a bus has one kind of end, and the gate of a core is no link. */
export type TapSide = 'client' | 'core' | 'bus' | 'gate';
/** Tells the taps. An array of messages is taken apart. */
export type Tell = (kind: TapRecord['kind'], message?: unknown, more?: Partial<TapRecord>) => void;

/** Set while somebody taps. Asked when a link opens, and never again: who comes later sees nothing of that link. */
export let openTap: ((side?: TapSide, label?: string) => Tell) | undefined;

let taps: readonly { observer: ((record: TapRecord) => void) | undefined }[] = [];
let lastLink = 0;
let lastCall = 0;
const now = /* @__PURE__ */ performance.now.bind(performance);
const report = /* @__PURE__ */ reportError.bind(globalThis);

/**
 * Tells `observer` of everything that crosses in this realm, on links that open from now on; returns what ends it. What the observer throws is
 * reported, and harms nobody. For tools: a page that taps nothing pays nothing for it.
 */
export function tap(observer: (record: TapRecord) => void): () => void {
  const mine: { observer: typeof observer | undefined } = { observer };
  taps = [...taps, mine];
  openTap = open;
  return () => {
    mine.observer = undefined;
    taps = taps.filter((one) => one !== mine);
    if (taps.length === 0) openTap = undefined;
  };
}

function open(side?: TapSide, label?: string): Tell {
  const mine = taps;
  const link = ++lastLink;
  // By index: a script that patches iterators later sees no message go by.
  const tell: Tell = (kind, message, more) => {
    const frame: unknown[] = Array.isArray(message) && message.length <= FRAME_LENGTH ? message : [message];
    const at = now();
    for (let index = 0; index < frame.length; index++) {
      for (let each = 0; each < mine.length; each++) {
        try {
          mine[each]?.observer?.({ kind, link, at, message: frame[index], ...more });
        } catch (error) {
          report(error);
        }
      }
    }
  };
  tell('opened', { side, label });
  return tell;
}

/** Tells of a call of a resource's method, and of the reply that the returned function is given. */
export function tellCall(tell: Tell, asked: 'sent' | 'received', resource: number, method: string, params: unknown): (reply: object) => void {
  const id = `${resource}/${++lastCall}`;
  tell(asked, { jsonrpc: '2.0', id, method, params }, { resource });
  return (reply) => tell(asked === 'sent' ? 'received' : 'sent', { jsonrpc: '2.0', id, ...reply }, { resource });
}
