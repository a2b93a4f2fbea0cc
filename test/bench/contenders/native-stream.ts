/** A ReadableStream that is transferred, as the platform has it. Not in WebKit. */
import type { Connection, Contender } from '../contender.ts';
import type { Tick } from '../data.ts';

export const nativeStream: Contender = {
  name: 'transferred stream',
  streamsOnly: true,
  notes: { bytes: 'copies each chunk', 'many-bytes': 'copies each chunk', channel: 'no channels' },
  open(): Connection {
    const worker = new Worker(new URL('./native-stream.worker.ts', import.meta.url), { type: 'module' });
    const ask = <Item>(request: { items: number } | { size: number }): Promise<ReadableStream<Item>> =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<ReadableStream<Item>>) => resolve(data);
        worker.postMessage(request);
      });
    return {
      async stream(count) {
        let read = 0;
        for await (const { id } of await ask<Tick>({ items: count })) read += id > 0 ? 1 : 0;
        return read;
      },
      async bytes(size) {
        let came = 0;
        for await (const { byteLength } of await ask<Uint8Array>({ size })) came += byteLength;
        return came;
      },
      close: () => worker.terminate(),
    };
  },
};
