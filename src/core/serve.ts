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

/** Who is taken for whom. */
export interface ServeOptions {
  /**
   * Everyone who comes this way bears this label, whatever they say, and has what capabilities give to it. Left out, they
   * count as the client that started the worker: `main`, who may do everything until a capability names it.
   */
  readonly label?: string;
}

/**
 * Serves the core to whoever reaches this worker: to the page that started a dedicated worker, or to every page that
 * connects to a shared one. With a MessagePort as second argument, serves it to the other end of that port.
 *
 * Call it while the script first runs: a shared worker does not keep early connections for later.
 * Returns what stops it: open calls are aborted and clients are told.
 */
export function serve(core: Contract & { readonly '~kernel': object }, scope: Scope | MessagePort = globalThis as never, { label }: ServeOptions = {}): () => void {
  if ('document' in scope) throw new TypeError('serve: this is a page. Serve a core in a Worker, or hand serve() a MessagePort.');
  const kernel = core['~kernel'] as Kernel;
  /** Tells our clients from others, and needs no list of them: a shared worker outlives most. */
  const identity = label === undefined ? { label: 'main', owner: true } : { label };
  const admit = (port: unknown, closable: boolean): Session => openSession(kernel, port as Port, identity, closable);
  const onConnect = ({ ports: [port] }: MessageEvent): void => void admit(port, true);
  // No engine tells a worker's owner of its unhandled rejections.
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    void report(kernel, event.reason, {});
  };
  const { close } = scope;

  function stop(): void {
    scope.removeEventListener('connect', onConnect as never);
    scope.removeEventListener('unhandledrejection', onRejection as never);
    for (const session of kernel.sessions) if (session.identity === identity) session.end('closed', true);
    if (kernel.sessions.size > 0) return;
    kernel.events.close();
    void kernel.held?.then((release) => release?.());
    kernel.held = kernel.lock = undefined;
  }

  kernel.start();
  if ('start' in scope) admit(scope, true);
  else {
    scope.addEventListener('unhandledrejection', onRejection);
    // Nor that it called close(), so the core says so itself.
    scope.close = () => {
      stop();
      close?.call(scope);
    };
    if ('onconnect' in scope) scope.addEventListener('connect', onConnect);
    else {
      // A message that came while the script awaited something is lost; this asks the page to say it again.
      admit(scope, false).send({ jsonrpc: '2.0', method: '$/ready' });
    }
  }
  return stop;
}
