/** Where the bytes come from: a file that somebody picked, or a journal made on the spot. Chunk by chunk, as they are read. */
import { sample } from './sample.ts';

export type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface Source {
  name: string;
  size: number;
  stream(): Bytes;
}

export function journal(size: number): Source {
  const stream = (): Bytes => {
    const chunks = sample(size);
    return pulled(async () => {
      // Making chunks must not keep the page from its frames.
      await nextTask();
      return chunks.next();
    });
  };
  return { name: 'journal.txt', size, stream };
}

/** The same stream; says how much of it has gone out: all that was taken before the next chunk is asked for. */
export function counting(stream: Bytes, onsent: (sent: number) => void): Bytes {
  const reader = stream.getReader();
  let taken = 0;
  const next = async (): Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>> => {
    onsent(taken);
    const read = await reader.read();
    taken += read.value?.length ?? 0;
    return read;
  };
  return pulled(next, (reason) => reader.cancel(reason));
}

function pulled<Item>(next: () => Promise<IteratorResult<Item, unknown> | ReadableStreamReadResult<Item>>, cancel?: (reason: unknown) => Promise<void>): ReadableStream<Item> {
  const source: UnderlyingDefaultSource<Item> = {
    async pull(controller) {
      const { value, done } = await next();
      if (done) controller.close();
      else controller.enqueue(value as Item);
    },
    ...(cancel && { cancel }),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

const { port1, port2 } = new MessageChannel();

/** Timers would wait for milliseconds; a message comes as soon as the page has nothing better to do. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });
}
