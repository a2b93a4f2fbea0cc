/** The worker behind vscode-jsonrpc. */
import { BrowserMessageReader, BrowserMessageWriter, createMessageConnection } from 'vscode-jsonrpc/browser';
import type { Person } from '../data.ts';

const scope = globalThis as unknown as Worker;
const connection = createMessageConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope));
connection.onRequest('greet', ({ name }: { name: string }) => `Hello, ${name}!`);
connection.onRequest('echo', ({ people }: { people: Person[] }) => people);
connection.onRequest('burst', ({ count }: { count: number }) => {
  for (let id = 1; id <= count; id++) void connection.sendNotification('tick', { id });
  return null;
});
connection.listen();
