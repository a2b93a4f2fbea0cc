/** Comlink: a proxy of an object in the worker. */
import { proxy, releaseProxy, transfer, wrap } from 'comlink';
import type { Connection, Contender } from '../contender.ts';
import type { Methods } from './comlink.worker.ts';

export const comlink: Contender = {
  name: 'Comlink',
  notes: {
    events: 'no events: a callback across is a call with an answer, for each listener',
    stream: 'no streams: a callback for each item, all under way at once',
    channel: 'a callback for each message, all under way at once',
    bytes: 'no streams: a callback for each chunk, which is transferred, all under way at once',
    'many-bytes': 'no streams: a callback for each chunk, which is transferred, all under way at once',
  },
  open(): Connection {
    const worker = new Worker(new URL('./comlink.worker.ts', import.meta.url), { type: 'module' });
    const remote = wrap<Methods>(worker);
    const countItems = async (count: number): Promise<number> => {
      let heard = 0;
      await remote.items(count, proxy(({ id }) => void (heard += id > 0 ? 1 : 0)));
      return heard;
    };
    return {
      greet: (name) => remote.greet(name),
      echo: (people) => remote.echo(people),
      bounce: (buffer) => remote.bounce(transfer(buffer, [buffer])),
      stream: countItems,
      channel: countItems,
      async bytes(size) {
        let came = 0;
        await remote.chunks(size, proxy(({ byteLength }) => void (came += byteLength)));
        return came;
      },
      close() {
        remote[releaseProxy]();
        worker.terminate();
      },
    };
  },
};
