/** Bare postMessage, with a promise for each call found again by id: what everyone writes by hand. */
import type { Connection, Contender } from '../contender.ts';
import type { Person, Tick } from '../data.ts';

export const raw: Contender = {
  name: 'raw',
  notes: { gate: 'asks nobody', events: 'a BroadcastChannel object for each listener, a postMessage for each event' },
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

    /** The same over a port of its own. */
    function callAt(port: MessagePort): (value: string) => Promise<unknown> {
      const open: (() => void)[] = [];
      port.onmessage = () => open.shift()?.();
      return (value) => new Promise<void>((resolve) => {
        open.push(resolve);
        port.postMessage({ id: 0, method: 'greet', value });
      });
    }

    return {
      greet: (name) => call<string>('greet', name),
      echo: (people) => call<Person[]>('echo', people),
      bounce: (buffer) => call<ArrayBuffer>('bounce', buffer, [buffer]),
      limited: (name) => call<string>('greet', name),
      flood(calls) {
        const { port1, port2 } = new MessageChannel();
        worker.postMessage({ id: 0, method: 'admit', value: port2 }, [port2]);
        const greet = callAt(port1);
        return Promise.all(Array.from({ length: calls }, () => greet('Bob')));
      },
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
