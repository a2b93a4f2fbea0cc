/** What `connect` takes. Compiled, never run. */
import { connect, crossOriginWorker, type Connection } from 'corral';
import { createCore } from 'corral/core';
import { connectInProcess, linkPair, type InProcess } from 'corral/testing';
import { notes, type Notes } from './core.ts';
import { same } from './same.ts';

export function sources(worker: Worker, shared: SharedWorker, port: MessagePort, frame: Worker | Promise<Worker>): void {
  connect<Notes>(worker);
  connect<Notes>(shared);
  connect<Notes>(port);
  connect<Notes>(() => worker);
  connect<Notes>(async () => shared);
  connect<Notes>(() => frame);
  connect<Notes>(() => crossOriginWorker('https://cdn.example.org/core.js', { type: 'module' }));
  connect<Notes>(worker, { label: 'main', version: '1', timeout: 1, startTimeout: 1, restart: { attempts: 2, delay: 10 }, signal: AbortSignal.timeout(1) });
  connect<Notes>(worker, { restart: false });

  // @ts-expect-error a URL is not started here: a bundler has to see `new Worker(new URL(...))` in the app
  connect<Notes>('./core.js');
  // @ts-expect-error a window is no link
  connect<Notes>(window);
  // @ts-expect-error no such option
  connect<Notes>(worker, { retry: true });
  // @ts-expect-error the core's type is missing: `connect<typeof notes>`
  connect<{ greet(): string }>(worker);
}

export function doubles(): void {
  const connection = connectInProcess(notes, { label: 'test' });
  same<typeof connection, InProcess<Notes>>(true);
  same<typeof connection.invoke, Connection<Notes>['invoke']>(true);
  const [client, core] = linkPair();
  client.postMessage({}, []);
  core.garble();
  // @ts-expect-error no such event in this core
  void connectInProcess(createCore({ name: 'empty' })).emit('theme', 'dark');
}
