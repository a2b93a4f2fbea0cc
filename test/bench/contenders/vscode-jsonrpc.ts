/** vscode-jsonrpc: JSON-RPC requests and notifications, as language servers speak it. */
import { BrowserMessageReader, BrowserMessageWriter, createMessageConnection } from 'vscode-jsonrpc/browser';
import type { Connection, Contender } from '../contender.ts';
import type { Tick } from '../data.ts';

export const vscodeJsonrpc: Contender = {
  name: 'vscode-jsonrpc',
  notes: {
    buffer: 'no transfer: the bytes would be copied',
    events: 'one notification handler that hands each event to eight functions',
  },
  open(): Connection {
    const worker = new Worker(new URL('./vscode-jsonrpc.worker.ts', import.meta.url), { type: 'module' });
    const connection = createMessageConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker));
    const listeners: ((tick: Tick) => void)[] = [];
    connection.onNotification('tick', (tick: Tick) => {
      for (const each of listeners) each(tick);
    });
    connection.listen();
    return {
      greet: (name) => connection.sendRequest('greet', { name }),
      echo: (people) => connection.sendRequest('echo', { people }),
      async subscribe(listener) {
        listeners.push(listener);
      },
      burst: (count) => connection.sendRequest('burst', { count }),
      close() {
        connection.dispose();
        worker.terminate();
      },
    };
  },
};
