/** The worker behind transferred streams. */
import { chunks, ticks } from '../data.ts';

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ items: number } | { size: number }>) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
};

scope.onmessage = ({ data }) => {
  const source: Iterator<unknown> = 'items' in data ? ticks(data.items) : chunks(data.size);
  const stream = new ReadableStream({
    pull(controller) {
      const { value, done } = source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  scope.postMessage(stream, [stream as unknown as Transferable]);
};
