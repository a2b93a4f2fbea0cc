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
  const stop = (): void => void (async () => cancel())().catch(onfault);
  /** The source has given an item and was not asked for the next. */
  let inside = false;
  const cancelled = (): void => {
    oncancel?.();
    stop();
  };
  if (end.closed) return cancelled();
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
  cancel(): unknown;
}

function reading(stream: ReadableStream): Reading {
  const reader = stream.getReader();
  return { next: () => reader.read() as Promise<IteratorResult<unknown>>, cancel: () => reader.cancel() };
}

function iterating(iterable: AsyncIterable<unknown>): Reading {
  const iterator = iterable[Symbol.asyncIterator]();
  return { next: () => iterator.next(), cancel: () => iterator.return?.() };
}

/**
 * The stream of what comes to this end. It is read only on demand, so that a slow reader slows the sender down. It ends
 * or fails once everything that came before was read; cancelling it tells the other side to stop.
 */
export function readable(end: End, accept?: Accept, onfail?: (error: unknown) => void): ItemStream<unknown> {
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

  const stream = new ReadableStream<unknown>(
    {
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
    },
    { highWaterMark: 0 },
  );
  return withIterator(stream);
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

/** WebKit's streams are not async iterable yet. */
function withIterator(stream: ReadableStream<unknown>): ItemStream<unknown> {
  if (Symbol.asyncIterator in stream) return stream as ItemStream<unknown>;
  const values = ({ preventCancel = false } = {}): AsyncIterator<unknown> & AsyncIterable<unknown> => {
    const reader = (stream as ReadableStream<unknown>).getReader();
    return {
      next: async () => {
        const { value, done } = await reader.read();
        if (done) reader.releaseLock();
        return { value, done } as IteratorResult<unknown>;
      },
      return: async (value) => {
        if (!preventCancel) await reader.cancel();
        reader.releaseLock();
        return { value, done: true };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  return Object.defineProperties(stream, { values: { value: values }, [Symbol.asyncIterator]: { value: values } });
}
