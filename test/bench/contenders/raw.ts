/** Bare postMessage, with a promise for each call found again by id: what everyone writes by hand. */
import type { Connection, Contender } from '../contender.ts';
import type { Person, Tick } from '../data.ts';

export const raw: Contender = {
  name: 'raw',
  notes: {
    events: 'a BroadcastChannel object for each listener, a postMessage for each event',
    stream: 'a postMessage for each item, and no way to slow the sender down',
    channel: 'a postMessage for each message',
    bytes: 'each chunk is transferred, and all of them are under way at once',
    'many-bytes': 'each chunk is transferred, and all of them are under way at once',
  },
  open(): Connection {
    const worker = new Worker(new URL('./raw.worker.ts', import.meta.url), { type: 'module' });
    const bus = crypto.randomUUID();
    const listeners: BroadcastChannel[] = [];
    const pending = new Map<number, (answer: unknown) => void>();
    let lastId = 0;

    worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: unknown; more?: true }>) => {
      const hear = pending.get(data.id);
      if (!data.more) pending.delete(data.id);
      hear?.(data.answer);
    };
    function call<Answer>(method: string, value: unknown, transfer: Transferable[] = []): Promise<Answer> {
      return new Promise((resolve) => {
        const id = ++lastId;
        pending.set(id, resolve as (answer: unknown) => void);
        worker.postMessage({ id, method, value }, transfer);
      });
    }

    /** Many answers to one call; the last one is undefined. */
    function follow<Answer>(method: string, value: unknown, hear: (answer: Answer) => void): Promise<void> {
      return new Promise((resolve) => {
        const id = ++lastId;
        pending.set(id, (answer) => (answer === undefined ? resolve() : hear(answer as Answer)));
        worker.postMessage({ id, method, value });
      });
    }
    async function countItems(count: number): Promise<number> {
      let heard = 0;
      await follow<Tick>('items', count, ({ id }) => void (heard += id > 0 ? 1 : 0));
      return heard;
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
      stream: countItems,
      channel: countItems,
      async bytes(size) {
        let came = 0;
        await follow<Uint8Array>('chunks', size, ({ byteLength }) => void (came += byteLength));
        return came;
      },
      close() {
        for (const channel of listeners) channel.close();
        worker.terminate();
      },
    };
  },
};
