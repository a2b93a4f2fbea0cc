/** Stands in a worker's scope, or at one port, and admits clients. */
import type { Contract } from '../wire/contract.ts';
import type { Port } from '../wire/link.ts';
import { report } from './failure.ts';
import type { Kernel } from './kernel.ts';
import { openSession, type Session } from './session.ts';

/** A worker's own scope, by its shape: naming the worker's types would break a page that imports the core's. */
export interface Scope {
  addEventListener(type: string, listener: (event: any) => void): void;
  removeEventListener(type: string, listener: (event: any) => void): void;
  close?(): void;
}

/**
 * Serves the core to whoever reaches this worker: to the page that started a dedicated worker, or to every page that
 * connects to a shared one. With a MessagePort as second argument, serves it to the other end of that port.
 *
 * Call it while the script first runs: a shared worker does not keep early connections for later.
 * Returns what stops it: open calls are aborted and clients are told.
 */
export function serve(core: Contract & { readonly '~kernel': object }, scope: Scope | MessagePort = globalThis as never): () => void {
  const kernel = core['~kernel'] as Kernel;
  const sessions: Session[] = [];
  const stops: (() => void)[] = [];
  const admit = (port: Port, closable: boolean): void => void sessions.push(openSession(kernel, port, { owner: true }, closable));

  function listen(type: string, listener: (event: any) => void): void {
    scope.addEventListener(type, listener as never);
    stops.push(() => scope.removeEventListener(type, listener as never));
  }

  if ('document' in scope) throw new TypeError('serve: this is a page. Serve a core in a Worker, or hand serve() a MessagePort as its second argument.');
  kernel.start();
  if ('start' in scope) admit(scope as Port, true);
  else {
    if ('onconnect' in scope) listen('connect', ({ ports: [port] }: MessageEvent) => port && admit(port, true));
    else {
      admit(scope as unknown as Port, false);
      // A message that came while the script awaited something was lost; this asks the page to say it again.
      (scope as unknown as Port).postMessage({ jsonrpc: '2.0', method: '$/ready' }, []);
    }
    // No engine tells a worker's owner of its unhandled rejections.
    listen('unhandledrejection', (event: PromiseRejectionEvent) => {
      event.preventDefault();
      report(kernel, event.reason, {});
    });
    sayGoodbye(scope, stop);
  }

  function stop(): void {
    for (const undo of stops.splice(0)) undo();
    for (const session of sessions.splice(0)) session.end('closed', false);
    if (kernel.sessions.size > 0) return;
    kernel.events.close();
    kernel.release?.();
  }
  return stop;
}

/** No engine tells a page that its worker called close(), so the core says so itself. */
function sayGoodbye(scope: Scope, stop: () => void): void {
  const { close } = scope;
  if (!close) return;
  scope.close = () => {
    stop();
    close.call(scope);
  };
}
