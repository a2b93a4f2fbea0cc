/** Chunks by bare postMessage as somebody careful writes it: transferred, and no more under way than a window. */
import type { Connection, Contender } from '../contender.ts';

export const rawAcked: Contender = {
  name: 'raw with a window',
  streamsOnly: true,
  notes: { bytes: 'an acknowledgement for every 128 chunks, 256 under way at most', 'many-bytes': 'an acknowledgement for every 128 chunks, 256 under way at most' },
  open(): Connection {
    const worker = new Worker(new URL('./raw-acked.worker.ts', import.meta.url), { type: 'module' });
    let unacknowledged = 0;
    return {
      bytes: (size) =>
        new Promise((resolve) => {
          let came = 0;
          worker.onmessage = ({ data: chunk }: MessageEvent<Uint8Array | null>) => {
            if (!chunk) return resolve(came);
            came += chunk.byteLength;
            if (++unacknowledged < 128) return;
            worker.postMessage({ acknowledged: unacknowledged });
            unacknowledged = 0;
          };
          worker.postMessage({ size });
        }),
      close: () => worker.terminate(),
    };
  },
};
