/** Streams over a channel: what is produced here is sent as fast as it is read there. */
import { SENT, type End } from './channel.ts';
import type { ItemStream } from './contract.ts';
import { transferOf } from './transfer.ts';

export type Source = AsyncIterable<unknown> | ReadableStream;

/** What `accept` made of an item, at once or later. */
type Accept = (item: unknown) => unknown;

export interface PumpOptions {
  /** Judges each item before it is sent. */
  accept?: Accept | undefined;
  /** The other side wants no more; called before the source is told. */
  oncancel?(): void;
  /** Hears what the source throws when nobody reads it any more. */
  onfault(error: unknown): void;
}

/**
 * Sends what the source yields, until it ends or fails or the end closes. Not wanted any more, the source is told so at
 * once: a generator runs its `finally`. Resolves when it is over; rejects with what the source or `accept` threw.
 */
export async function pump(source: Source, end: End, { accept, oncancel, onfault }: PumpOptions): Promise<void> {
  const isStream = source instanceof ReadableStream;
  const { next, cancel } = isStream ? reading(source) : iterating(source);
  const stop = (reason?: unknown): void => void (async () => cancel(reason))().catch(onfault);
  /** The source has given an item and was not asked for the next. */
  let inside = false;
  const cancelled = (reason: unknown): void => {
    oncancel?.();
    stop(reason);
  };
  if (end.closed) return cancelled(end.reason);
  end.onclose = cancelled;
  try {
    for (;;) {
      inside = false;
      const { value, done } = await next();
      if (done || end.closed) break;
      inside = true;
      const item = accept ? accept(value) : value;
      const accepted = item instanceof Promise ? await item : item;
      const sent = isStream && ArrayBuffer.isView(value) ? sendChunk(end, accepted as ArrayBufferView) : end.send(accepted, transferOf(value));
      if (sent !== SENT && !(await sent)) break;
    }
  } catch (error) {
    if (end.closed) return onfault(error);
    // It was not the source that failed, but its item.
    if (inside) stop();
    throw error;
  } finally {
    end.onclose = undefined;
  }
}

/** Whoever puts bytes into a stream gives them away, so they are moved. A view of a larger buffer takes only its part along. */
function sendChunk(end: End, chunk: ArrayBufferView): Promise<boolean> {
  const { buffer, byteLength, byteOffset } = chunk;
  if (!(buffer instanceof ArrayBuffer)) return end.send(chunk);
  if (byteLength === buffer.byteLength) return end.send(chunk, [buffer]);
  const part = new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return end.send(part, [part.buffer]);
}

interface Reading {
  next(): Promise<IteratorResult<unknown>>;
  cancel(reason: unknown): unknown;
}

function reading(stream: ReadableStream): Reading {
  const reader = stream.getReader();
  return { next: () => reader.read() as Promise<IteratorResult<unknown>>, cancel: (reason) => reader.cancel(reason) };
}

function iterating(iterable: AsyncIterable<unknown>): Reading {
  const iterator = iterable[Symbol.asyncIterator]();
  return { next: () => iterator.next(), cancel: () => iterator.return?.() };
}

export interface ReadableOptions {
  /** Judges each item before it is read; what it throws ends the stream. */
  accept?: Accept;
  onfail?(error: unknown): void;
  forgotten?: FinalizationRegistry<End> | undefined;
}

/**
 * The stream of what comes to this end. It is read only on demand, so that a slow reader slows the sender down. It ends
 * or fails once everything that came before was read; cancelling it tells the other side to stop. `forgotten` hears of
 * the end whose stream nobody can read any more.
 */
export function readable(end: End, { accept, onfail, forgotten }: ReadableOptions = {}): ItemStream<unknown> {
  let controller: ReadableStreamDefaultController<unknown>;

  function advance(): void | Promise<void> {
    if (end.size === 0) {
      if (!end.closed) return arrival(end).then(advance);
      return end.reason === undefined ? controller.close() : controller.error(end.reason);
    }
    const item = end.take();
    const accepted = accept ? accept(item) : item;
    return accepted instanceof Promise ? accepted.then((value) => controller.enqueue(value)) : controller.enqueue(accepted);
  }

  function fail(error: unknown): void {
    onfail?.(error);
    throw error;
  }

  const source: UnderlyingDefaultSource<unknown> = {
    start(own) {
      controller = own;
    },
    pull() {
      try {
        const further = advance();
        return accept && further ? further.catch(fail) : further;
      } catch (error) {
        fail(error);
      }
    },
    cancel: () => end.stop(),
  };
  // Not the stream: engines collect that object while its reader still reads.
  forgotten?.register(source, end);
  return withIterator(new ReadableStream<unknown>(source, { highWaterMark: 0 }), () => (accept ? 0 : end.size), end.take);
}

/** Only while somebody waits does the end lead to its reader: one that was forgotten can be collected. */
function arrival(end: End): Promise<void> {
  return new Promise((resolve) => {
    end.onarrival = () => {
      end.onarrival = undefined;
      resolve();
    };
  });
}

/**
 * Makes it async iterable where the engine does not (WebKit), and fast where it does: what is there already is taken at
 * once, without the engine's way of asking for it.
 */
function withIterator(stream: ReadableStream<unknown>, size: () => number, take: () => unknown): ItemStream<unknown> {
  const values = ({ preventCancel = false } = {}): AsyncIterator<unknown> & AsyncIterable<unknown> => {
    const reader = stream.getReader();
    /** Reads that the engine has not answered: what comes is for them. */
    let asked = 0;
    let over = false;
    const ask = async (): Promise<IteratorResult<unknown>> => {
      asked++;
      try {
        const { value, done } = await reader.read();
        if (done) end();
        return { value, done } as IteratorResult<unknown>;
      } finally {
        asked--;
      }
    };
    const end = (): void => {
      over = true;
      reader.releaseLock();
    };
    return {
      next: async () => {
        if (over) return { value: undefined, done: true };
        return asked === 0 && size() > 0 ? { value: take(), done: false } : ask();
      },
      return: async (value) => {
        if (!over && !preventCancel) await reader.cancel();
        if (!over) end();
        return { value, done: true };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  return Object.defineProperties(stream, { values: { value: values }, [Symbol.asyncIterator]: { value: values } }) as ItemStream<unknown>;
}
