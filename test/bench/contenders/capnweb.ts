/** Cap'n Web: an object-capability session over a MessagePort. */
import { newMessagePortRpcSession } from 'capnweb';
import type { Connection, Contender } from '../contender.ts';
import type { Tick } from '../data.ts';
import type { Main } from './capnweb.worker.ts';

export const capnweb: Contender = {
  name: 'capnweb',
  notes: {
    buffer: 'no transfer: the bytes would be copied',
    events: 'one callback that hands each event to eight functions',
    channel: 'a callback for each message, the answer of each disposed of',
    bytes: 'each chunk crosses as text',
    'many-bytes': 'each chunk crosses as text',
  },
  open(): Connection {
    const worker = new Worker(new URL('./capnweb.worker.ts', import.meta.url), { type: 'module' });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(undefined, [port2]);
    const main = newMessagePortRpcSession<Main>(port1);
    const listeners: ((tick: Tick) => void)[] = [];
    return {
      greet: (name) => main.greet(name),
      echo: (people) => main.echo(people),
      async subscribe(listener) {
        if (listeners.push(listener) > 1) return;
        await main.subscribe((tick: Tick) => {
          for (const each of listeners) each(tick);
        });
      },
      burst: (count) => main.burst(count),
      async stream(count) {
        let read = 0;
        for await (const { id } of await main.items(count)) read += id > 0 ? 1 : 0;
        return read;
      },
      channel: (count) =>
        new Promise((resolve) => {
          let heard = 0;
          void main.tell(count, ({ id }: Tick) => {
            heard++;
            if (id === count) resolve(heard);
          });
        }),
      async bytes(size) {
        let came = 0;
        for await (const { byteLength } of await main.chunks(size)) came += byteLength;
        return came;
      },
      close() {
        main[Symbol.dispose]();
        worker.terminate();
      },
    };
  },
};
