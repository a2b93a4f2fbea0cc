/** A client without Corral: it posts what it is given straight at a core's worker, and writes down what comes back. */
import { atEnd, eventually } from '../support/corral.ts';

export interface RawClient {
  /** What the core said, one entry for each post. */
  readonly said: readonly unknown[];
  post(message: unknown): void;
  /**
   * Posts each message, waits until the core has handled them all, and returns what it said to them. It has once a
   * later message is answered, because links keep their order; a second one lets the refusal of an answer that could
   * not be cloned come, which the core can only post after the others of its tick.
   */
  ask(...messages: unknown[]): Promise<unknown[]>;
  /** Says hello, so that frames may come and go. */
  hello(): Promise<void>;
  /** Resolves when the core has said so many things. */
  until(count: number): Promise<void>;
}

export const conformanceWorker = (): Worker =>
  new Worker(new URL('../support/cores/conformance.core.ts', import.meta.url), { type: 'module' });

export function rawClient(): RawClient {
  const worker = conformanceWorker();
  atEnd(() => worker.terminate());
  const said: unknown[] = [];
  const sentinels = new Map<unknown, () => void>();
  worker.onmessage = ({ data }) => {
    if (data.method === '$/ready') return;
    // After hello, a sentinel's answer may share a frame.
    const rest = (Array.isArray(data) ? data : [data]).filter(({ id }) => !isSentinel(id));
    if (rest.length > 0) said.push(Array.isArray(data) ? rest : data);
  };

  function isSentinel(id: unknown): boolean {
    sentinels.get(id)?.();
    return sentinels.has(id);
  }

  async function handled(): Promise<void> {
    const id = `sentinel ${crypto.randomUUID()}`;
    await new Promise<void>((resolve) => {
      sentinels.set(id, resolve);
      worker.postMessage({ jsonrpc: '2.0', id, method: 'nothing' });
    });
    sentinels.delete(id);
  }

  const client: RawClient = {
    said,
    post: (message) => worker.postMessage(message),
    async ask(...messages) {
      const before = said.length;
      for (const message of messages) worker.postMessage(message);
      await handled();
      await handled();
      return said.slice(before);
    },
    async hello() {
      await client.ask({ jsonrpc: '2.0', id: 'hello', method: '$/hello', params: { protocol: 1 } });
      said.length = 0;
    },
    until: (count) => eventually(`the core said ${count} things`, () => said.length >= count),
  };
  return client;
}

/** An error's reply with its number, whatever its sentence. */
export function codesOf(replies: unknown[]): unknown[] {
  return replies.map((reply) => {
    if (Array.isArray(reply)) return codesOf(reply);
    const { error, ...rest } = reply as { error?: { code: number } };
    return error ? { ...rest, error: error.code } : rest;
  });
}
