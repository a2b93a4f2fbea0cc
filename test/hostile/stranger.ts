/** Somebody who posts what they like on a link, and a neighbour who must not notice. */
import { assert } from 'chai';
import type { Connection } from 'corral';
import { atEnd, eventually } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import type { Ranch } from '../journeys/ranch.ts';

export interface Said {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly code: string; readonly details?: unknown } };
}

export interface Stranger {
  readonly heard: Said[];
  post(message: unknown, transfer?: Transferable[]): void;
  /** Posts a request, and resolves with what answers it. */
  ask(method: string, params?: unknown, more?: object): Promise<Said>;
  /** The code of the error that answers it, or `result`. */
  code(method: string, params?: unknown, more?: object): Promise<string>;
  hello(params?: object): Promise<Said>;
  /** Resolves with the reason when the core has sent it away. */
  dismissed(): Promise<unknown>;
}

export function strangerAt(port: MessagePort): Stranger {
  const heard: Said[] = [];
  port.addEventListener('message', ({ data }) => void heard.push(...(Array.isArray(data) ? data : [data])));
  port.start();
  const ask = async (method: string, params?: unknown, more?: object): Promise<Said> => {
    const id = unique('ask');
    port.postMessage({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }), ...more });
    const find = (): Said | undefined => heard.find((one) => one.method === undefined && one.id === id);
    await eventually(`${method.slice(0, 80)} is answered`, find);
    return find() as Said;
  };
  return {
    heard,
    post: (message, transfer = []) => port.postMessage(message, transfer),
    ask,
    async code(method, params, more) {
      const { error } = await ask(method, params, more);
      return error?.data?.code ?? 'result';
    },
    hello: (params) => ask('$/hello', { protocol: 1, ...params }),
    async dismissed() {
      const find = (): Said | undefined => heard.find(({ method }) => method === '$/bye');
      await eventually('it is sent away', find);
      return find()?.params?.['reason'];
    },
  };
}

/** The gate's core in a worker; each call is a link to it under that label. */
export function startGate(): (label?: string) => MessagePort {
  const worker = new Worker(new URL('../support/cores/gate.core.ts', import.meta.url), { type: 'module' });
  atEnd(() => worker.terminate());
  return (label = 'main') => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(label, [port1]);
    return port2;
  };
}

/** Works all the time; returns what proves, after the attack, that it lost nothing. */
export async function workBeside({ invoke, listen, emit, stats }: Connection<Ranch>): Promise<() => Promise<void>> {
  const mark = unique('mark');
  const heard: string[] = [];
  let lost = false;
  await listen('news', ({ payload }) => void heard.push(payload));
  await listen('corral:core-lost', () => void (lost = true));
  let [answered, over] = [0, false];
  const rounds = (async () => {
    while (!over) {
      assert.equal(await invoke.greet({ name: String(answered) }), `Hello, ${answered}, says main`);
      answered++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  rounds.catch(() => {});
  return async () => {
    over = true;
    await rounds;
    assert.isAbove(answered, 0);
    await emit('news', mark);
    await eventually('the neighbour hears its own event', () => heard.includes(mark));
    assert.isFalse(lost, 'the neighbour lost its core');
    assert.equal(stats().strays, 0);
  };
}
