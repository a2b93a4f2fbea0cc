/** Calls in flight: gives each a number, and settles it exactly once. */
import { fromWire, type CorralError } from '../wire/errors.ts';
import { detached } from '../wire/link.ts';
import { LONGEST } from './supervise.ts';
import { isObject, type Id, type Part, type Request } from '../wire/messages.ts';
import type { ClientChannels } from './channel.ts';

/** What may follow a call's argument. */
export interface CallOptions {
  /** Cancels the call: it rejects with the signal's reason, and the handler's own signal aborts. */
  readonly signal?: AbortSignal;
  /** Milliseconds from now; then the call rejects with a TimeoutError DOMException and the handler's signal aborts. */
  readonly timeout?: number;
  /** What is moved to the core instead of copied; it is detached here as soon as the call is sent. */
  readonly transfer?: Transferable[];
  /** Strings that travel beside the arguments, e.g. a trace id. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Call {
  resolve(result: never): void;
  reject(error: unknown): void;
  /** Stops the clock and the listening for an abort. */
  stop?: () => void;
  /** Ends also the streams of its answer. */
  signal?: AbortSignal;
}

export interface Calls {
  readonly size: number;
  call<T>(method: string, params: unknown, options?: CallOptions): Promise<T>;
  /** Settles the call that this answers; an answer to no call is counted. */
  settle(message: Record<string, unknown>): void;
  fail(id: Id | undefined, error: unknown): void;
  /** Rejects the call with this error, and tells the core. */
  cancel(id: Id, error: unknown): void;
  /** Calls back if the call rejects. Returns false if it is not open any more. */
  onReject(id: Id, callback: (error: unknown) => void): boolean;
  /** Rejects every call that has been sent, or with `all` also those that wait to be. */
  lose(error: CorralError, isWaiting: (id: Id) => boolean): void;
  /** Counts an answer or a message that belongs to nothing. */
  stray(): void;
  readonly strays: number;
}

export interface CallsOptions {
  send(message: Request, transfer?: Transferable[], alone?: boolean): void;
  /** Takes back a call that waits to be sent; false if it has been. */
  unsend(id: Id): boolean;
  /** Makes the streams of an answer; for a call that has gone, so that they can be stopped. */
  land: ClientChannels['land'];
  /** Ends the Channels in the argument of a call that failed, also if they never went out. */
  forsake: ClientChannels['forsake'];
  timeout: number | undefined;
}

export function createCalls({ send, unsend, land, forsake, timeout: defaultTimeout }: CallsOptions): Calls {
  const calls = new Map<Id, Call>();
  /** Cancelled and not answered yet: their answers are no strays. */
  const cancelled = new Set<Id>();
  let lastId = 0;
  let strays = 0;

  function call<T>(method: string, params: unknown, options?: CallOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      const own = detached(params);
      const entry: Call = { resolve, reject };
      // Whoever reads a Channel of this call must not wait for ever.
      if (!own) entry.reject = (error) => (forsake(params, error), reject(error));
      const message: Request = params === undefined ? { jsonrpc: '2.0', id, method } : { jsonrpc: '2.0', id, method, params: own ? own.value : params };
      if (options?.headers) message.headers = { ...options.headers };
      if (options?.signal || options?.timeout !== undefined || defaultTimeout !== undefined) {
        if (options?.signal?.aborted) return entry.reject(options.signal.reason);
        entry.stop = limit(id, options?.signal, options?.timeout ?? defaultTimeout);
        if (options?.signal) entry.signal = options.signal;
      }
      calls.set(id, entry);
      send(message, options?.transfer, !own);
    });
  }

  function limit(id: Id, signal: AbortSignal | undefined, timeout = LONGEST): () => void {
    if (!(timeout >= 0)) throw new TypeError(`timeout takes milliseconds, not ${String(timeout)}.`);
    const onAbort = (): void => cancel(id, signal?.reason);
    const onTimeout = (): void => cancel(id, new DOMException(`The call took longer than ${timeout} ms.`, 'TimeoutError'), 'timeout');
    const timer = timeout < LONGEST ? setTimeout(onTimeout, timeout) : undefined;
    signal?.addEventListener('abort', onAbort);
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  }

  function cancel(id: Id, error: unknown, reason?: 'timeout'): void {
    if (!calls.has(id)) return;
    fail(id, error);
    if (unsend(id)) return;
    cancelled.add(id);
    send({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id, reason } });
  }

  function take(id: Id): Call | undefined {
    const entry = calls.get(id);
    if (!entry) return undefined;
    calls.delete(id);
    entry.stop?.();
    return entry;
  }

  function fail(id: Id | undefined, error: unknown): void {
    take(id as Id)?.reject(error);
  }

  return {
    get size() {
      return calls.size;
    },
    get strays() {
      return strays;
    },
    stray: () => void strays++,
    call,
    fail,
    cancel,
    onReject(id, callback) {
      const entry = calls.get(id);
      if (!entry) return false;
      const { reject } = entry;
      entry.reject = (error) => {
        callback(error);
        reject(error);
      };
      return true;
    },
    settle(message) {
      const id = message['id'] as Id;
      const entry = take(id);
      if (!entry) {
        // What was answered while it was cancelled is not wanted.
        if (message['live']) void land(message['result'], message['live'] as Part[], AbortSignal.abort());
        if (!cancelled.delete(id)) strays++;
      } else if (!('result' in message) || isObject(message['error'])) entry.reject(fromWire(message['error']));
      else if (!message['live']) entry.resolve(message['result'] as never);
      else entry.resolve(land(message['result'], message['live'] as Part[], entry.signal) as never);
    },
    lose(error, isWaiting) {
      cancelled.clear();
      for (const id of [...calls.keys()]) if (!isWaiting(id)) fail(id, error);
    },
  };
}
