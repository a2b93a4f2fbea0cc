/** Live objects, each exposed by Comlink on a port of its own, behind a guard. */
// Comlink walks any path that a message names, and so runs any code (`constructor.constructor`). It gets to see only
// what the guard lets through: calls of declared methods, and the release.
import { expose, finalizer, transfer, type Endpoint } from 'comlink';
import type { Methods, Remote } from '../wire/contract.ts';
import { CorralError, notCloneable, toWire } from '../wire/errors.ts';
import { isObject, type ResourcePart } from '../wire/messages.ts';
import { tellCall } from '../wire/tap.ts';
import { declared, type CommandDeclaration } from './declare/command.ts';
import { malformed, overloaded, report } from './failure.ts';
import { answer, type OpenCall } from './invoke.ts';
import type { DeclaredCommand, Kernel } from './kernel.ts';
import type { Session } from './session.ts';

/** What else there is to know of a resource. */
export interface ResourceOptions {
  /** Called once no client holds the resource any more: it was released, or its client has gone. */
  readonly onrelease?: () => unknown;
}

/** What a session does to put a resource into an answer. */
export type OpenResource = (kernel: Kernel, session: Session, path: (string | number)[], from: Pick<OpenCall, 'method' | 'covers'>) => { part: ResourcePart; release(): void };

/** A method that is a plain function takes its arguments as they come: the guard has seen them, no schema has. */
const ANYTHING = { '~standard': { version: 1, vendor: 'corral', validate: (value: unknown) => ({ value }) } } as const;

/**
 * A live object for an answer: it stays here, and the caller gets an object whose methods are calls. A method is a function,
 * or a `command({ … })` where its argument, answer and errors are to be checked. Only own properties are methods. Holding
 * a resource is the permission to call it. It is released when the client says so, or goes.
 */
export function resource<M extends Methods>(methods: M, { onrelease }: ResourceOptions = {}): Remote<M> {
  const commands = new Map(Object.entries(methods).map(([name, method]) => [name, asCommand(methods, name, method)]));
  let handles = 0;

  const open: OpenResource = (kernel, session, path, { method, covers }) => {
    const { port1, port2 } = new MessageChannel();
    const id = ++handleId;
    const release = (): void => {
      if (!session.resources.delete(id)) return;
      session.tell?.('released', undefined, { resource: id });
      session.lasting.delete(lasting);
      for (const call of running) session.stop(call, new CorralError('CANCELLED', 'The resource was released.', undefined));
      // Comlink's own goodbye has to get out first.
      queueMicrotask(() => port1.close());
      if (!revoked) drop();
    };
    const drop = (): void => {
      if (--handles === 0) void (async () => onrelease?.())().catch((error: unknown) => report(kernel, error, {}));
    };
    let revoked: CorralError | undefined;
    const lasting = {
      method,
      covers,
      /** The port stays until its client lets go of it: who calls a closed one is never answered. */
      stop(error: CorralError) {
        session.lasting.delete(lasting);
        revoked = error;
        drop();
      },
    };
    /** Of its methods, and not answered yet. */
    const running = new Set<OpenCall>();
    handles++;
    session.resources.set(id, release);
    session.lasting.add(lasting);
    const facade = Object.create(null) as Record<PropertyKey, unknown>;
    for (const [name, command] of commands) facade[name] = (args: unknown[], ports: Set<unknown>) => (revoked ? { error: toWire(revoked) } : run(kernel, session, command, method, args, ports, id, running));
    facade[finalizer] = release;
    expose(facade, guarded(port1, kernel, session, commands));
    return { part: { path, resource: id, methods: [...commands.keys()], port: port2 }, release };
  };
  return { '~open': open } as never;
}

let handleId = 0;

function asCommand(target: object, name: string, method: unknown): DeclaredCommand {
  if (name === 'then' || name === 'bind') throw new TypeError(`resource: no method can be called \`${name}\`: \`then\` would make a promise of it, \`bind\` is Comlink's own.`);
  if (typeof method === 'function') return declared(name, { args: ANYTHING, handler: (args: unknown[]) => (method as (...args: unknown[]) => unknown).apply(target, args) });
  if (isObject(method) && typeof method['handler'] === 'function' && !method['yields']) return declared(name, method as unknown as CommandDeclaration);
  throw new TypeError(`resource: \`${name}\` is neither a function nor a command without \`yields\`.`);
}

/** A call like any other: it counts, it is cancelled when the client goes, it passes the gates. What is settled goes back through Comlink. */
function run(kernel: Kernel, session: Session, command: DeclaredCommand, method: string, args: unknown[], ports: Set<unknown>, id: number, running: Set<OpenCall>): Promise<unknown> {
  const told = session.tell && tellCall(session.tell, 'received', id, command.name, args);
  return new Promise((resolve) => {
    const { calls } = kernel.limits;
    if (session.running >= calls) return resolve({ error: toWire(overloaded('calls', calls)) });
    const key = Symbol();
    const respond = (reply: object, moved: Transferable[] = []): void => {
      const { result, error, live } = reply as Record<string, unknown>;
      told?.(error ? { error } : { result, live });
      resolve(error ? { error } : transfer({ result, live }, moved));
    };
    const call: OpenCall = { id: null, key, respond, method, controller: undefined, reason: undefined, covers: undefined, carries: 'resources', command, ends: undefined, streams: 0 };
    session.calls.set(key, call);
    running.add(call);
    const params = command.args === ANYTHING ? args : args[0];
    void answer(kernel, session, { jsonrpc: '2.0', id: null, method: command.name, params }, call, ports).then(() => running.delete(call));
  });
}

/** The only way to Comlink: hands on calls of the declared methods, and the release. All else is a violation. */
function guarded(port: MessagePort, kernel: Kernel, session: Session, commands: ReadonlyMap<string, DeclaredCommand>): Endpoint {
  let hear: (event: { data: object }) => void;

  function onMessage({ data, ports }: MessageEvent): void {
    const unclaimed = new Set<unknown>(ports);
    const message = admit(data, unclaimed);
    if (message) hear({ data: message });
    else {
      session.violation();
      const id = isObject(data) ? data['id'] : undefined;
      if (isId(id)) reply(id, malformed('A resource is sent calls of its methods'));
    }
    // What was claimed has been taken out by the guard, which has run by now.
    for (const stray of unclaimed) (stray as MessagePort).close();
  }

  /** The message as Comlink may see it, made anew; undefined for any that it may not. */
  function admit(data: unknown, ports: Set<unknown>): object | undefined {
    const { id, type, path, argumentList } = Object(data) as Record<string, unknown>;
    if (!isId(id)) return undefined;
    if (type === 'RELEASE') return { id, type };
    if (type !== 'APPLY' || !Array.isArray(path) || path.length !== 1 || !commands.has(path[0] as string)) return undefined;
    // A HANDLER among the arguments would make Comlink deserialize something, e.g. a proxy that calls the client.
    if (!Array.isArray(argumentList) || argumentList.length > 64 || !argumentList.every((one) => isObject(one) && one['type'] === 'RAW')) return undefined;
    const args = argumentList.map((one) => (one as { value?: unknown }).value);
    return { id, type, path: [path[0] as string], argumentList: [args, ports].map((value) => ({ type: 'RAW', value })) };
  }

  function reply(id: string, error: CorralError): void {
    port.postMessage({ id, type: 'RAW', value: { error: toWire(error) } });
  }

  port.addEventListener('message', onMessage);
  return {
    addEventListener: (_type, listener) => void (hear = listener as never),
    removeEventListener: () => port.removeEventListener('message', onMessage),
    postMessage(message: { id: string; value?: { result?: unknown; live?: ResourcePart[] } }, moved) {
      try {
        port.postMessage(message, moved ?? []);
      } catch (cause) {
        const error = notCloneable('The answer', message.value?.result, 'core', cause);
        report(kernel, error, { client: session.client });
        reply(message.id, error);
        // Nobody will ever hold what was in it.
        for (const { resource } of message.value?.live ?? []) session.resources.get(resource)?.();
      }
    },
    start: () => port.start(),
  };
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id.length <= 128;
}
