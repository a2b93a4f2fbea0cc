/** The worker behind raw postMessage. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const buses = new Map<string, BroadcastChannel>();

scope.onmessage = ({ data: { id, method, value } }) => {
  switch (method) {
    case 'greet':
      return scope.postMessage({ id, answer: `Hello, ${value}!` });
    case 'echo':
      return scope.postMessage({ id, answer: value });
    case 'bounce':
      return scope.postMessage({ id, answer: value }, [value]);
    case 'burst': {
      const bus = buses.get(value.bus) ?? new BroadcastChannel(value.bus);
      buses.set(value.bus, bus);
      for (let tick = 1; tick <= value.count; tick++) bus.postMessage({ id: tick });
      return scope.postMessage({ id });
    }
  }
};

interface DedicatedWorkerGlobalScope {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}
