/** Answers a call. The order of the gates below is the security model. */
import { CorralError, quote, type Issue } from '../wire/errors.ts';
import type { End } from '../wire/channel.ts';
import { holdsLive, isLive } from '../wire/live.ts';
import { isObject, type Id, type Request } from '../wire/messages.ts';
import { transferOf } from '../wire/transfer.ts';
import type { Arrival } from './channel.ts';
import { gateFailure, handlerFailure, malformed, sentence } from './failure.ts';
import { guard, guardAnswer } from './guard.ts';
import type { DeclaredCommand, Kernel, MiddlewareCall } from './kernel.ts';
import type { Session } from './session.ts';
import { validate } from './validate.ts';

/** A call that has not been answered. Its controller is made only if the handler asks for its signal. */
export interface OpenCall {
  readonly id: Id | undefined;
  readonly key: Id | symbol;
  readonly respond: Respond;
  readonly method: string;
  controller: AbortController | undefined;
  /** Why it was aborted, if it was. */
  reason: unknown;
  /** Whether the caller's scope covers that argument, or its own. Only for a command with a scope. */
  covers: ((args?: unknown) => Promise<boolean>) | undefined;
  /** What its answer may carry: what goes not over the link carries no streams, what goes in a batch nothing live. */
  readonly carries: 'all' | 'resources' | 'data';
  /** What it answers is of this command. */
  command: DeclaredCommand | undefined;
  /** The channels that came with its argument and end with it. */
  ends: Map<End, Arrival['kind']> | undefined;
  /** The streams of its answer that have not ended, and are wanted. */
  streams: number;
}

export type Respond = (reply: object, transfer?: Transferable[], alone?: boolean) => void;

/** An argument with so few values is judged for every issue, for a form; a larger one for the first. */
const THOROUGH = 1_000;

/**
 * Guard, authorize, find, validate, and the argument's own yes where the command has a scope; run, reply. Settles the call once. Awaits only what is a promise, so that a
 * synchronous command is answered in the turn in which it was asked.
 */
export async function answer(kernel: Kernel, session: Session, request: Request, call: OpenCall, ports?: Set<unknown>): Promise<void> {
  const { method } = request;
  session.running++;
  try {
    const nodes = guard(request.params, kernel.limits, 'The argument', ports);
    const headers = headersOf(request);
    // A resource's method comes with its command: who holds the resource may call it.
    const held = call.command !== undefined;
    if (!held) kernel.authority.authorize(session, 'invoke', method);
    const command = (call.command ??= find(kernel, method));
    const params = request.live ? session.channels.arrive(request, call) : request.params;
    let args = validate(command.args, params, nodes < THOROUGH);
    if (args instanceof Promise) args = await args;
    if (args.issues) throw invalidArguments(method, args.issues);
    if (command.scope && !held) await authorizeArgument(kernel, session, command, args.value, call);
    // Cancelled or revoked while a schema or a scope took its time: the handler never starts.
    if (call.reason !== undefined) return;
    let result: unknown;
    try {
      result = run(kernel, session, command, args.value, headers, call);
      if (isThenable(result)) result = await result;
    } catch (error) {
      throw isRefusal(call, error) ? error : await handlerFailure(kernel, command, session.client, error);
    }
    if (kernel.limits.answerNodes < Infinity) guardAnswer(result, { ...kernel.limits, nodes: kernel.limits.answerNodes });
    let answer = command.returns ? validate(command.returns, result) : { value: result };
    if (answer instanceof Promise) answer = await answer;
    if (answer.issues) throw invalidResult(method, answer.issues);
    // Whose items were to be judged, one by one.
    if (command.yields && (!isLive(answer.value) || '~open' in answer.value)) throw invalidResult(method, [{ path: [], message: 'Expected a stream' }]);
    if (call.ends) for (const end of call.ends.keys()) if (end.tail) await end.tail;
    if (holdsLive(answer.value)) session.channels.depart(call, answer.value, transferOf(result));
    else session.settle(call, undefined, answer.value, transferOf(result));
  } catch (error) {
    session.settle(call, gateFailure(kernel, method, error));
  } finally {
    session.running--;
  }
}

/** The one gate that comes after the schema: a scope judges what the schema has accepted. */
function authorizeArgument({ authority }: Kernel, session: Session, command: DeclaredCommand, own: unknown, call: OpenCall): Promise<void> {
  call.covers = (args = own) => authority.covers(session, command, args);
  return authority.authorizeArgument(session, command, own);
}

/** The handler gave up because a message of its caller's was refused: the caller learns why. */
function isRefusal({ ends = new Map() }: OpenCall, error: unknown): error is CorralError {
  return error instanceof CorralError && [...ends.keys()].some(({ reason }) => reason === error);
}

export function abort(call: OpenCall, name: 'AbortError' | 'TimeoutError'): void {
  call.reason = new DOMException('The caller gave the call up.', name);
  call.controller?.abort(call.reason);
}

function find({ name, commands }: Kernel, command: string): DeclaredCommand {
  const found = commands.get(command);
  if (found) return found;
  throw new CorralError('COMMAND_NOT_FOUND', `Core ${quote(name)} has no command ${quote(command)}.`, { command: command.slice(0, 80) });
}

function invalidArguments(command: string, issues: Issue[]): CorralError {
  return new CorralError('INVALID_ARGUMENTS', `${quote(command)} was not run, its argument was refused: ${sentence(issues)}`, { issues });
}

/** What was wrong with an answer is for the core's author, not for the client. */
function invalidResult(command: string, issues: Issue[]): CorralError {
  return new CorralError('INVALID_RESULT', `${quote(command)} ran, but its answer does not match its declaration.`, { command }, 'core', issues);
}

/** What a handler gets. A class, because every call makes one, and nothing costs a worker less. */
class CallContext {
  readonly #call: OpenCall;
  readonly client: Session['client'];
  readonly emit: Kernel['events']['emit'];
  readonly emitTo: Kernel['events']['emitTo'];
  readonly fail: DeclaredCommand['fail'];
  readonly headers: Headers;

  constructor({ events }: Kernel, { client }: Session, { fail }: DeclaredCommand, headers: Headers, call: OpenCall) {
    this.#call = call;
    this.client = client;
    this.emit = events.emit;
    this.emitTo = events.emitTo;
    this.fail = fail;
    this.headers = headers;
  }

  /** Most handlers never ask for their signal, so it is made when they do. */
  get signal(): AbortSignal {
    const call = this.#call;
    if (!call.controller) {
      call.controller = new AbortController();
      if (call.reason !== undefined) call.controller.abort(call.reason);
    }
    return call.controller.signal;
  }

  get scope(): OpenCall['covers'] {
    return this.#call.covers;
  }
}

/** The handler, inside the layers of middleware, the outermost first. */
function run(kernel: Kernel, session: Session, command: DeclaredCommand, args: unknown, headers: Headers, call: OpenCall): unknown {
  const context = new CallContext(kernel, session, command, headers, call);
  const { middleware } = kernel;
  if (middleware.length === 0) return command.handler(args as never, context as never);
  const about: MiddlewareCall = {
    command: command.name,
    args,
    client: session.client,
    headers,
    get signal() {
      return context.signal;
    },
  };
  const step = async (index: number): Promise<unknown> => {
    const layer = middleware[index];
    return layer ? layer(about, () => step(index + 1)) : command.handler(args as never, context as never);
  };
  return step(0);
}

type Headers = Readonly<Record<string, string>>;
const NO_HEADERS: Headers = Object.freeze({});

/** What the caller sent beside the argument: strings only, and few. Looked at before it is listed: a hundred million bytes can be moved here for nothing. */
function headersOf({ headers }: Request): Headers {
  if (headers === undefined) return NO_HEADERS;
  let count = 0;
  let fine = isObject(headers) && Object.getPrototypeOf(headers) === Object.prototype;
  for (const key in fine ? headers : {}) {
    const value: unknown = headers[key];
    fine &&= ++count <= 64 && typeof value === 'string' && value.length <= 8192;
  }
  if (!fine) throw malformed('`headers` takes up to 64 strings by name');
  return Object.freeze(headers);
}

/** A handler may return any thenable, not only a promise. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}
