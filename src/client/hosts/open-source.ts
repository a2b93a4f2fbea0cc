/** Where a core lives: makes one shape of a Worker, a SharedWorker and a MessagePort. */
import type { Port } from '../../wire/link.ts';

/** The platform's objects by their shape, so that one from another frame will do. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: string, listener: (event: any) => void): void;
  removeEventListener(type: string, listener: (event: any) => void): void;
  terminate(): void;
}
/** A shared worker by its shape: its port, and the errors of its script. */
export interface SharedWorkerLike {
  readonly port: MessagePort;
  addEventListener(type: string, listener: (event: any) => void): void;
  removeEventListener(type: string, listener: (event: any) => void): void;
}
/** Whatever a core can be reached by. */
export type Opened = WorkerLike | SharedWorkerLike | MessagePort | Port;

/** A core's worker or port, or a function that returns one (again and again: then a lost core is started anew). */
export type Source = Opened | (() => Opened | Promise<Opened>);

export interface Host {
  readonly port: Port;
  /** A dedicated worker lives and is frozen together with its page; any other core goes on without it. */
  readonly dedicated: boolean;
  /** Calls back when the worker reports an error, with its text; undefined when its script could not be run at all. */
  onError(listener: (text: string | undefined) => void): () => void;
  terminate(): void;
}

export function toHost(given: Opened): Host {
  const opened = Object(given) as Opened;
  const shared = 'port' in opened;
  const dedicated = 'terminate' in opened;
  const port = (shared ? opened.port : opened) as Port;
  if (typeof port?.postMessage !== 'function') throw new TypeError('connect takes a Worker, a SharedWorker, a MessagePort, or a function that returns one.');
  return {
    port,
    dedicated,
    onError(listener) {
      // A thrown error comes with a message. A script that is missing, blocked or cannot be parsed comes as a bare event.
      const onError = ({ message, filename, lineno }: ErrorEvent): void => listener(message && `${message} (${filename}:${lineno})`);
      if (shared || dedicated) opened.addEventListener('error', onError);
      return () => (shared || dedicated) && opened.removeEventListener('error', onError);
    },
    terminate() {
      if (dedicated) opened.terminate();
    },
  };
}
