/** Answers a call. The order of the gates below is the security model. */
import { CorralError, quote, type Issue } from '../wire/errors.ts';
import type { End } from '../wire/channel.ts';
import { holdsLive } from '../wire/live.ts';
import { isObject, type Id, type Part, type Request } from '../wire/messages.ts';
import { authorize } from './authority.ts';
import { gateFailure, handlerFailure, malformed, sentence } from './failure.ts';
import { guard } from './guard.ts';
import type { DeclaredCommand, Kernel } from './kernel.ts';
import type { Session } from './session.ts';
import { transferOf } from '../wire/transfer.ts';
import { validate } from './validate.ts';

/** A call that has not been answered. Its controller is made only if the handler asks for its signal. */
export interface OpenCall {
  /** Answers, or does nothing if the call was answered before; returns whether it did. */
  settle(error: CorralError | undefined, result?: unknown, transfer?: Transferable[], live?: Part[]): boolean;
  /** The channels that came with its argument and end with it. */
  ends?: Set<End>;
  /** The streams of its answer that have not ended. */
  streams?: number;
  command?: DeclaredCommand;
  controller?: AbortController;
  /** Why it was aborted, if it was. */
  reason?: unknown;
}

/** An argument with so few values is judged for every issue, for a form; a larger one for the first. */
const THOROUGH = 1_000;

/**
 * Guard, authorize, find, validate, run, reply. Settles the call once. Awaits only what is a promise, so that a
 * synchronous command is answered in the turn in which it was asked.
 */
export async function answer(kernel: Kernel, session: Session, request: Request, call: OpenCall, ports?: Set<unknown>): Promise<void> {
  const { method } = request;
  try {
    const nodes = guard(request.params, kernel.limits, 'The argument', ports);
    const headers = headersOf(request);
    authorize(session.identity, session.client.label, 'invoke', method);
    const command = find(kernel, method);
    const params = request.live ? session.channels.arrive(request, call) : request.params;
    let args = validate(command.args, params, nodes < THOROUGH);
    if (args instanceof Promise) args = await args;
    if (args.issues) throw invalidArguments(method, args.issues);
    // Cancelled while the schema took its time: the handler never starts.
    if (call.reason !== undefined) return;
    let result: unknown;
    try {
      result = run(kernel, session, command, args.value, headers, call);
      if (isThenable(result)) result = await result;
    } catch (error) {
      throw isRefusal(call, error) ? error : await handlerFailure(kernel, command, session.client, error);
    }
    if (kernel.limits.answerNodes < Infinity) guard(result, { ...kernel.limits, nodes: kernel.limits.answerNodes }, 'The answer');
    const checked = command.returns ? await answerOf(command, result) : result;
    for (const end of call.ends ?? NO_ENDS) if (end.tail) await end.tail;
    if (!holdsLive(checked)) {
      // What lies deeper is only found if it cannot be cloned.
      call.command = command;
      call.settle(undefined, checked, transferOf(result));
    } else {
      const { value, live, begin } = session.channels.depart(checked, call, command);
      begin(call.settle(undefined, value, transferOf(result), live));
    }
  } catch (error) {
    call.settle(gateFailure(kernel, method, error));
  }
}

/** The answer to send in place of one that could not be cloned: without the streams deep inside it, if that is why. */
export function mendAnswer(session: Session, id: Id | undefined, answer: unknown, call: OpenCall): object | undefined {
  const { value, live, begin } = session.channels.depart(answer, call, call.command as DeclaredCommand);
  if (live.length === 0) return undefined;
  begin(true);
  return { jsonrpc: '2.0', id, result: value, live };
}

/** The handler gave up because a message of its caller's was refused: the caller learns why. */
function isRefusal({ ends = new Set() }: OpenCall, error: unknown): error is CorralError {
  return error instanceof CorralError && [...ends].some(({ reason }) => reason === error);
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

/** The handler, inside the layers of middleware, the outermost first. */
function run({ events, middleware }: Kernel, { client }: Session, command: DeclaredCommand, args: unknown, headers: Headers, call: OpenCall): unknown {
  const context = {
    get signal() {
      if (!call.controller) {
        call.controller = new AbortController();
        if (call.reason !== undefined) call.controller.abort(call.reason);
      }
      return call.controller.signal;
    },
    client,
    emit: events.emit,
    emitTo: events.emitTo,
    fail: command.fail,
    headers,
  };
  if (middleware.length === 0) return command.handler(args as never, context as never);
  const step = async (index: number): Promise<unknown> => {
    const layer = middleware[index];
    return layer ? layer({ command: command.name, args, ...context }, () => step(index + 1)) : command.handler(args as never, context as never);
  };
  return step(0);
}

/** The answer as `returns` gives it. What was wrong with it is for the core's author, not for the client. */
async function answerOf(command: DeclaredCommand, value: unknown): Promise<unknown> {
  const { value: checked, issues } = (await validate(command.returns, value)) as { value?: unknown; issues?: Issue[] };
  if (issues) throw new CorralError('INVALID_RESULT', `${quote(command.name)} ran, but its answer does not match \`returns\`.`, { command: command.name }, 'core', issues);
  return checked;
}

/** What the caller sent beside the argument: strings only, and few. */
function headersOf({ headers = NO_HEADERS }: Request): Headers {
  const entries = Object.entries(headers);
  if (!isObject(headers) || entries.length > 64 || entries.some(([, value]) => typeof value !== 'string' || value.length > 8192)) {
    throw malformed('`headers` takes at most 64 strings of at most 8192 characters');
  }
  return Object.freeze(headers);
}

const NO_ENDS: readonly End[] = [];
type Headers = Readonly<Record<string, string>>;
const NO_HEADERS: Headers = Object.freeze({});

/** A handler may return any thenable, not only a promise. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}
