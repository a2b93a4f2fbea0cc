/** Corral: typed, validated commands and events. */
import { Channel, connect } from 'corral';
import type { Tick } from '../data.ts';
import type { Connection, Contender } from '../contender.ts';
import type { People } from './corral.worker.ts';

export const corral: Contender = {
  name: 'Corral',
  open(): Connection {
    const start = (): Worker => new Worker(new URL('./corral.worker.ts', import.meta.url), { type: 'module' });
    const { invoke, invite, listen, close } = connect<People>(start);
    return {
      greet: (name) => invoke('greet', { name }),
      echo: (people) => invoke('echo', { people }),
      bounce: (buffer) => invoke('bounce', { buffer }, { transfer: [buffer] }),
      subscribe: (listener) => listen('tick', ({ payload }) => listener(payload)),
      burst: (count) => invoke('burst', { count }),
      async flood(calls) {
        const guest = connect<People>(await invite({ label: 'limited' }));
        await Promise.allSettled(Array.from({ length: calls }, () => guest.invoke('greet', { name: 'Bob' })));
        guest.close();
      },
      async stream(count) {
        let read = 0;
        for await (const { id } of await invoke('items', { count })) read += id > 0 ? 1 : 0;
        return read;
      },
      async channel(count) {
        let heard = 0;
        await invoke('tell', { count, to: new Channel<Tick>(({ id }) => void (heard += id > 0 ? 1 : 0)) });
        return heard;
      },
      async bytes(size) {
        let came = 0;
        for await (const { byteLength } of await invoke('chunks', { size })) came += byteLength;
        return came;
      },
      close,
    };
  },
};
