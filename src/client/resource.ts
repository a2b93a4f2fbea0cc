/** A resource on the page: Comlink carries its calls, and Corral sees to it that they end. Loaded with the first one. */
import { releaseProxy, transfer, wrap, type Remote as Wrapped } from 'comlink';
import { CorralError, fromWire, notCloneable } from '../wire/errors.ts';
import type { Part, ResourcePart } from '../wire/messages.ts';
import { tellCall, type Tell } from '../wire/tap.ts';
import { transferOf } from '../wire/transfer.ts';
import type { ClientChannels, Resources } from './channel.ts';

export interface Handle {
  /** Tells the core that nobody needs it. */
  release(): void;
  /** The core has gone. */
  lose(error: unknown): void;
}

/** Makes of the result of a method what it stands for: it may hold further resources. */
type Land = ClientChannels['land'];

/** Returns the object whose methods are calls, and what the connection keeps of it. */
export function openResource(part: ResourcePart, land: Land, resources: Resources, tell?: Tell): { remote: object; handle: Handle } {
  const calls = createCalls(part, land, resources, tell);
  const remote = createRemote(part.methods, calls);
  resources.set(part.resource, calls.lose);
  // A backstop for who forgot to release it. A call in flight keeps the object, so it never loses its answer.
  forgotten?.register(remote, calls);
  return { remote, handle: calls };
}

const forgotten = globalThis.FinalizationRegistry && new FinalizationRegistry<Handle>((handle) => handle.release());

interface Calls extends Handle {
  call(remote: object, method: string, args: unknown[]): Promise<unknown>;
}

/** Knows the port and the calls in flight, but not the object itself, which may so be forgotten by everyone. */
function createCalls({ port, resource }: ResourcePart, land: Land, resources: Resources, tell: Tell | undefined): Calls {
  const wrapped = wrap(port) as Wrapped<Record<string, (...args: unknown[]) => Promise<Reply>>> & Record<typeof releaseProxy, () => void>;
  /** The rejections of what is in flight, each with the object that was called. */
  const pending = new Map<(error: unknown) => void, object>();
  let over: unknown;

  function end(error: unknown): void {
    over = error;
    for (const reject of pending.keys()) reject(error);
    pending.clear();
    resources.delete(resource);
  }

  return {
    async call(remote, method, args) {
      let stop: ((error: unknown) => void) | undefined;
      let told: ReturnType<typeof tellCall> | undefined;
      try {
        if (over !== undefined) throw over;
        const lost = new Promise<never>((_resolve, reject) => pending.set((stop = reject), remote));
        for (const arg of args) {
          const list = transferOf(arg);
          if (list) transfer(arg as object, list);
        }
        // Comlink never settles a call whose core has died, or whose proxy was released.
        told = tell && tellCall(tell, 'sent', resource, method, args);
        const reply = await Promise.race([(wrapped[method] as (...args: unknown[]) => Promise<Reply>)(...args), lost]);
        told?.(reply);
        told = undefined;
        const { result, error, live } = reply;
        if (error) throw fromWire(error);
        return await (live ? land(result, live, undefined) : result);
      } catch (error) {
        const failure = error === over || error instanceof CorralError ? error : notCloneable(`The argument of \`${method}\``, args, 'client', error);
        if (failure instanceof CorralError) told?.({ error: { message: failure.message, data: { code: failure.code } } });
        throw failure;
      } finally {
        if (stop) pending.delete(stop);
      }
    },
    release() {
      if (over !== undefined) return;
      tell?.('released', undefined, { resource });
      wrapped[releaseProxy]();
      end(new CorralError('CANCELLED', 'The resource was released. Ask the core for another one.', undefined, 'client'));
    },
    lose(error) {
      if (over !== undefined) return;
      port.close();
      end(error);
    },
  };
}

interface Reply {
  result?: unknown;
  error?: unknown;
  live?: Part[];
}

function createRemote(methods: string[], calls: Calls): object {
  const remote = Object.create(null) as Record<PropertyKey, unknown>;
  for (const method of methods) remote[method] = (...args: unknown[]) => calls.call(remote, method, args);
  const hidden = (value: () => unknown): PropertyDescriptor => ({ value });
  return Object.freeze(
    Object.defineProperties(remote, {
      '~release': hidden(calls.release),
      // Where the engine has no such symbol, compilers look for this one.
      [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: hidden(calls.release),
      [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]: hidden(async () => calls.release()),
    }),
  );
}
