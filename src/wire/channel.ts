/** One end of a channel: sends while it has credit, and keeps what came until it is read. The same in both rooms. */
import { costOf, createMeter, WINDOW } from './credit.ts';
import { notCloneable, toWire, type Side } from './errors.ts';
import { detached, type Link, type Mended } from './link.ts';
import type { ChannelMessage, WireError } from './messages.ts';

/** What an end needs of the table that it stands in. */
interface Carrier {
  item(id: number, value: unknown, transfer: Transferable[] | undefined): void;
  credit(id: number, credit: number): void;
  close(id: number, error: WireError | undefined): void;
  forget(id: number): void;
}

interface Waiting {
  value: unknown;
  transfer: Transferable[] | undefined;
  resolve(sent: boolean): void;
}

export interface End {
  /** Nothing goes or comes any more; what came before may still be read. */
  readonly closed: boolean;
  /** Why it closed; undefined if it ended as it should. */
  readonly reason: unknown;
  /** How much has come and was not read. */
  readonly size: number;
  /** Something came, or the end closed. */
  onarrival: (() => void) | undefined;
  /** Called once, when it closes, by whichever side. */
  onclose: ((reason: unknown) => void) | undefined;
  /** A message could not be cloned, and it closes for that. */
  onrefused: ((error: unknown) => void) | undefined;
  /** Resolves when what is being judged before it may be sent has been. */
  tail: Promise<unknown> | undefined;
  /** Gives it a place: what was sent before goes out now. */
  attach(id: number, carrier: Carrier): void;
  /** Resolves when the message has gone out: false if the end closed before, or because the message cannot be cloned. */
  send(value: unknown, transfer?: Transferable[]): Promise<boolean>;
  /** Sends what waits, with credit or without. */
  drain(): void;
  /** Takes the oldest that came. */
  take(): unknown;
  /** Closes when all has gone out, and tells the other side, with the error if it failed. */
  close(error?: WireError, reason?: unknown): void;
  /** Closes now, and tells the other side that nobody reads any more: what came is dropped, and what waits. */
  stop(reason?: unknown): void;

  // From the other side

  grant(credit: number): void;
  /** Returns false if its sender had no credit. */
  receive(items: unknown[]): boolean;
  /** Closes on this side only: the other has, or has gone. */
  ended(reason: unknown): void;
}

/** Awaiting it costs least. */
export const SENT: Promise<boolean> = Promise.resolve(true);
const UNSENT = Promise.resolve(false);

export function createEnd(): End {
  const meter = createMeter();
  let carrier: Carrier | undefined;
  let id = 0;
  let credit = 0;
  let waiting: Waiting[] = [];
  let arrived: unknown[] = [];
  let next = 0;
  let closing: (() => void) | undefined;

  function put({ value, transfer }: Omit<Waiting, 'resolve'>): void {
    credit -= costOf(value);
    carrier?.item(id, value, transfer);
  }

  function flow(free = false): void {
    let count = 0;
    for (; count < waiting.length && (free || credit > 0); count++) {
      const item = waiting[count] as Waiting;
      put(item);
      item.resolve(!end.closed);
    }
    waiting = waiting.slice(count);
    if (waiting.length === 0) closing?.();
  }

  function shut(reason: unknown): void {
    if (end.closed) return;
    end.closed = true;
    end.reason = reason;
    for (const { resolve } of waiting.splice(0)) resolve(false);
    carrier?.forget(id);
    end.onclose?.(reason);
    end.onarrival?.();
  }

  const end: End & { closed: boolean; reason: unknown } = {
    closed: false,
    reason: undefined,
    get size() {
      return arrived.length - next;
    },
    onarrival: undefined,
    onclose: undefined,
    onrefused: undefined,
    tail: undefined,
    attach(number, table) {
      id = number;
      carrier = table;
      if (!end.closed) return this.grant(WINDOW);
      table.close(id, undefined);
      table.forget(id);
    },
    send(value, transfer) {
      if (end.closed || closing) return UNSENT;
      if (credit <= 0 || waiting.length > 0) return new Promise((resolve) => waiting.push({ value, transfer, resolve }));
      put({ value, transfer });
      return end.closed ? UNSENT : SENT;
    },
    drain: () => flow(true),
    take() {
      const value = arrived[next];
      arrived[next++] = undefined;
      if (next === arrived.length) {
        arrived = [];
        next = 0;
      }
      const grant = meter.read(costOf(value));
      if (grant > 0 && !end.closed) carrier?.credit(id, grant);
      return value;
    },
    close(error, reason) {
      if (end.closed || closing) {
        // What came before the end may still be refused.
        if (error) end.reason ??= reason;
        return;
      }
      closing = () => {
        carrier?.close(id, error);
        shut(reason);
      };
      // A failure does not wait for a reader.
      if (waiting.length === 0 || (carrier && error)) closing();
    },
    stop(reason) {
      arrived = [];
      next = 0;
      if (!end.closed) carrier?.close(id, undefined);
      shut(reason);
    },
    grant(more) {
      // Never more than a window, whatever a stranger grants: a producer without a pause would stop everything else.
      credit = Math.min(credit + more, WINDOW);
      flow();
    },
    receive(items) {
      let paid = true;
      for (let index = 0; index < items.length; index++) {
        paid = meter.came(costOf(items[index])) && paid;
        arrived.push(items[index]);
      }
      end.onarrival?.();
      return paid;
    },
    ended: shut,
  };
  return end;
}

/** The channels that are open on one link, by their numbers: positive ones the client opened, negative ones the core. */
export interface ChannelTable {
  readonly ends: ReadonlyMap<number, End>;
  open(id: number, end: End): void;
  /**
   * A message of a channel could not be cloned, so that channel fails. Returns what goes in its place: the items before
   * the culprit, and the end.
   */
  refused(params: ChannelMessage, cause: unknown, side: Side): Mended[];
  /** Gives every end up, because the other side has gone. */
  lose(reason: unknown): void;
}

export function createChannelTable(link: () => Link | undefined): ChannelTable {
  const ends = new Map<number, End>();
  /** The items of each channel that were not posted yet; more may join them as long as nothing else was said. */
  const pending = new Map<number, unknown[]>();
  let epoch = 0;
  const say = (method: string, params: object): void => link()?.send({ jsonrpc: '2.0', method, params });

  const carrier: Carrier = {
    item(channel, value, transfer) {
      const to = link();
      if (!to) return;
      const own = transfer ? undefined : detached(value);
      // Its owner may change it, so it cannot wait for others.
      if (!own) return to.send({ jsonrpc: '2.0', method: '$/channel', params: { channel, items: [value] } }, transfer, true);
      if (to.epoch !== epoch) pending.clear();
      epoch = to.epoch;
      const items = pending.get(channel);
      if (items) {
        items.push(own.value);
        return to.linger();
      }
      const fresh = [own.value];
      pending.set(channel, fresh);
      to.linger({ jsonrpc: '2.0', method: '$/channel', params: { channel, items: fresh } });
    },
    credit: (channel, credit) => say('$/credit', { channel, credit }),
    close: (channel, error) => say('$/channel', error ? { channel, end: true, error } : { channel, end: true }),
    forget: (id) => void ends.delete(id),
  };
  return {
    ends,
    open(id, end) {
      ends.set(id, end);
      end.attach(id, carrier);
    },
    refused({ channel, ...rest }, cause, side) {
      const items = 'items' in rest ? rest.items : [];
      const culprit = items.length === 1 ? 0 : items.findIndex((item) => !isCloneable(item));
      const error = notCloneable('An item of a stream, or a message of a channel,', items[culprit], side, cause);
      const end = ends.get(channel);
      end?.onrefused?.(error);
      end?.ended(error);
      const messages: ChannelMessage[] = [{ channel, end: true, error: toWire(error) }];
      if (culprit > 0) messages.unshift({ channel, items: items.slice(0, culprit) });
      return messages.map((params) => ({ message: { jsonrpc: '2.0', method: '$/channel', params }, transfer: [] }));
    },
    lose(reason) {
      for (const end of [...ends.values()]) end.ended(reason);
    },
  };
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
