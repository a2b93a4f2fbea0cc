/** The worker behind raw chunks with a window. */
import { chunks } from '../data.ts';

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ size: number } | { acknowledged: number }>) => void;
  postMessage(message: unknown, transfer?: Transferable[]): void;
};
let credit = 256;
let wake = (): void => {};

scope.onmessage = ({ data }) => {
  if ('size' in data) return void send(data.size);
  credit += data.acknowledged;
  wake();
};

async function send(size: number): Promise<void> {
  for (const chunk of chunks(size)) {
    if (credit === 0) await new Promise<void>((resolve) => (wake = resolve));
    credit--;
    scope.postMessage(chunk, [chunk.buffer]);
  }
  scope.postMessage(null);
}
