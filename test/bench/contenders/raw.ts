/** Bare postMessage, with a promise for each call found again by id: what everyone writes by hand. */
import type { Connection, Contender } from '../contender.ts';
import type { Person, Tick } from '../data.ts';

export const raw: Contender = {
  name: 'raw',
  notes: { events: 'a BroadcastChannel object for each listener, a postMessage for each event' },
  open(): Connection {
    const worker = new Worker(new URL('./raw.worker.ts', import.meta.url), { type: 'module' });
    const bus = crypto.randomUUID();
    const listeners: BroadcastChannel[] = [];
    const pending = new Map<number, (answer: unknown) => void>();
    let lastId = 0;

    worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: unknown }>) => {
      pending.get(data.id)?.(data.answer);
      pending.delete(data.id);
    };
    function call<Answer>(method: string, value: unknown, transfer: Transferable[] = []): Promise<Answer> {
      return new Promise((resolve) => {
        const id = ++lastId;
        pending.set(id, resolve as (answer: unknown) => void);
        worker.postMessage({ id, method, value }, transfer);
      });
    }

    return {
      greet: (name) => call<string>('greet', name),
      echo: (people) => call<Person[]>('echo', people),
      bounce: (buffer) => call<ArrayBuffer>('bounce', buffer, [buffer]),
      async subscribe(listener) {
        const channel = new BroadcastChannel(bus);
        channel.onmessage = ({ data }: MessageEvent<Tick>) => listener(data);
        listeners.push(channel);
      },
      burst: (count) => call('burst', { bus, count }),
      close() {
        for (const channel of listeners) channel.close();
        worker.terminate();
      },
    };
  },
};
