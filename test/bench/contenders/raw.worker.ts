/** The worker behind raw postMessage. */
import { chunks } from '../data.ts';

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const buses = new Map<string, BroadcastChannel>();

scope.onmessage = answer.bind(scope);

function answer(this: Speaker, { data: { id, method, value } }: MessageEvent): void {
  switch (method) {
    case 'greet':
      return this.postMessage({ id, answer: `Hello, ${value}!` });
    case 'echo':
      return scope.postMessage({ id, answer: value });
    case 'bounce':
      return scope.postMessage({ id, answer: value }, [value]);
    case 'admit':
      value.onmessage = answer.bind(value);
      return;
    case 'items':
      for (let item = 1; item <= value; item++) scope.postMessage({ id, answer: { id: item }, more: true });
      return scope.postMessage({ id });
    case 'chunks':
      for (const chunk of chunks(value)) scope.postMessage({ id, answer: chunk, more: true }, [chunk.buffer]);
      return scope.postMessage({ id });
    case 'burst': {
      const bus = buses.get(value.bus) ?? new BroadcastChannel(value.bus);
      buses.set(value.bus, bus);
      for (let tick = 1; tick <= value.count; tick++) bus.postMessage({ id: tick });
      return scope.postMessage({ id });
    }
  }
}

interface Speaker {
  postMessage(message: unknown, transfer?: Transferable[]): void;
}
interface DedicatedWorkerGlobalScope extends Speaker {
  onmessage: (event: MessageEvent) => void;
}
