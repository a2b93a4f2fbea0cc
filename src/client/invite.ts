/** Hands out links with a narrower identity, and takes one up inside a frame. */
import type { OpenConnection } from './connection.ts';

/** Who is let in. */
export interface InviteOptions {
  /** What the guest is called. The core knows it by this label alone, whatever it says. */
  readonly label: string;
  /** Ends the guest's link when it aborts. */
  readonly signal?: AbortSignal;
  /** The guest's own port, if it made the channel; then this is what is let in, and the port that is returned leads nowhere. */
  readonly port?: MessagePort;
}

export function createInvite({ calls, notify }: OpenConnection): (options: InviteOptions) => Promise<MessagePort> {
  return async ({ label, signal, port }) => {
    const { port1, port2 } = new MessageChannel();
    const guest = port ?? port2;
    const { link } = await calls.call<{ link: string }>('$/invite', { label, port: guest }, { transfer: [guest] });
    const end = (): void => notify('$/bye', { link });
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    return port1;
  };
}

/** The part of a connection that an invitation needs. */
export interface Inviter {
  invite(options: InviteOptions): Promise<MessagePort>;
  listen(event: 'corral:core-lost', handler: () => void): Promise<() => void>;
}

/** A window by its shape, so that these types compile in a worker too. */
export interface WindowLike {
  postMessage(message: unknown, targetOrigin: string, transfer?: Transferable[]): void;
}

/** Who is let in, from which origin, and as whose guest. */
export interface InviteWindowOptions {
  readonly label: string;
  /** Exactly the guest's origin, e.g. `https://widgets.example`; `'null'` for a sandboxed frame, which has none. */
  readonly origin: string;
  /** Whose guest it is. */
  readonly connection: Inviter;
  /** Stops answering, and ends the guest's link, when it aborts. */
  readonly signal?: AbortSignal;
  /** Hears of an invitation that the core refused; the guest hears of it as well. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Lets what is in that window (a frame's `contentWindow`, a popup) connect with `fromParent`, now or later, and again
 * when it is reloaded or the core was started anew. A document of another origin is not answered. At any time one
 * document has a link: the next one's ends the last one's. Returns what stops it.
 */
export function inviteWindow(guest: WindowLike, { label, origin, connection, signal, onError = reportError }: InviteWindowOptions): () => void {
  const target = targetOf(origin);
  let present = new AbortController();

  function onMessage({ source, origin: from, data, ports: [port] }: MessageEvent): void {
    if (source !== guest || from !== origin || !data) return;
    if (data.corral === 'knock') tell('ready');
    if (data.corral !== 'enter' || !port) return;
    present.abort();
    present = new AbortController();
    // The port came from the document that asked, so no document that follows it in this window can have it.
    connection.invite({ label, port, signal: present.signal }).catch(onError);
  }

  function tell(corral: 'ready' | 'lost'): void {
    guest.postMessage({ corral }, target);
  }

  function stop(): void {
    removeEventListener('message', onMessage);
    signal?.removeEventListener('abort', stop);
    present.abort();
    void unlisten.then((end) => end(), () => {});
  }

  // A sandboxed frame has no lock to tell it.
  const unlisten = connection.listen('corral:core-lost', () => tell('lost'));
  addEventListener('message', onMessage);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  else tell('ready');
  return stop;
}

/** Whose invitation a frame or a popup takes. */
export interface FromParentOptions {
  /** Exactly the origin of the page that invites; `'null'` if it is sandboxed itself. */
  readonly origin: string;
  /** Who invites: the page around this frame, or what opened this popup. Default: `parent`. */
  readonly host?: WindowLike;
}

/**
 * A source for `connect`, inside a frame whose page calls `inviteWindow`, before or after. A page of another origin gets nothing and
 * is not heard; then, as when nobody invites, the connection gives up after its `startTimeout`.
 */
export function fromParent({ origin, host = parent }: FromParentOptions): () => MessagePort {
  const target = targetOf(origin);
  let forget = (): void => {};
  return () => {
    const { port1, port2 } = new MessageChannel();
    let entered = false;
    const onMessage = ({ source, origin: from, data }: MessageEvent): void => {
      if (source !== host || from !== origin || !data) return;
      if (data.corral === 'ready' && !entered) host.postMessage({ corral: 'enter' }, target, [port2]);
      if (data.corral === 'ready') entered = true;
      if (data.corral === 'lost' && entered) port1.dispatchEvent(new MessageEvent('message', { data: LOST }));
    };
    forget();
    forget = () => removeEventListener('message', onMessage);
    addEventListener('message', onMessage);
    host.postMessage({ corral: 'knock' }, target);
    return port1;
  };
}

/** What the core would have said, had it had the time. */
const LOST = { jsonrpc: '2.0', method: '$/bye', params: { reason: 'closed' } };

/** Throws a TypeError for what is not exactly one origin. Nothing can be addressed to an opaque one: there the sender's origin is what is checked. */
function targetOf(origin: string): string {
  if (origin === 'null') return '*';
  if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
  throw new TypeError(`origin takes exactly one, e.g. \`https://widgets.example\`, or \`null\` for a sandboxed frame, not \`${String(origin)}\`.`);
}
