/** Answers a call. The order of the gates below is the security model. */
import { CorralError, malformed, quote, type Issue } from '../wire/errors.ts';
import { isObject, type Request } from '../wire/messages.ts';
import { notAllowed } from './authority.ts';
import type { Caller } from './declare/command.ts';
import { gateFailure, handlerFailure } from './failure.ts';
import { guard, type GuardLimits } from './guard.ts';
import type { DeclaredCommand, Kernel, MiddlewareCall } from './kernel.ts';
import type { Session } from './session.ts';
import { transferOf } from './transfer.ts';
import { validate, type Verdict } from './validate.ts';

/** A call that has not been answered. Its controller is made only if the handler asks for its signal. */
export interface OpenCall {
  /** Answers, or does nothing if the call was answered before. */
  settle(error: CorralError | undefined, result?: unknown, transfer?: Transferable[]): void;
  controller?: AbortController;
  /** Why it was aborted, if it was. */
  reason?: unknown;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Guard, authorize, find, validate, run, reply. Settles the call once, and stays synchronous as long as the schema
 * and the handler do.
 */
export function answer(kernel: Kernel, session: Session, request: Request, call: OpenCall): void {
  const { method, params } = request;
  const fail = (error: unknown): void => call.settle(gateFailure(kernel, method, error));
  try {
    checkSize(params, kernel.limits);
    authorize(kernel, session, method);
    const command = find(kernel, method);
    const args = then(validate(command.args, params), (verdict) => accepted(command, params, verdict));
    const result = then(args, (value) => run(kernel, session, request, call, command, value));
    const replied = then(result, (value) => then(checkAnswer(kernel, command, value), (checked) => call.settle(undefined, checked, transferOf(value))));
    if (replied instanceof Promise) replied.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** Goes on at once with a value, later with a promise of one. */
function then<T, U>(value: T | Promise<T>, next: (value: T) => U | Promise<U>): U | Promise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export function checkSize(params: unknown, limits: GuardLimits, what = 'The argument'): void {
  const refusal = guard(params, limits);
  if (!refusal) return;
  const sentence = `${what} ${refusal.what}.`;
  if (refusal.limit) throw new CorralError('OVERLOADED', sentence, { details: { limit: refusal.limit, allowed: limits[refusal.limit] } });
  throw new CorralError('INVALID_ARGUMENTS', sentence, { details: { issues: [{ path: [], message: sentence }] } });
}

function authorize(kernel: Kernel, session: Session, method: string): void {
  if (!kernel.authority.allows(session.identity, 'invoke', method)) throw notAllowed(session.client.label, 'invoke', method);
}

function find(kernel: Kernel, method: string): DeclaredCommand {
  const command = kernel.commands.get(method);
  if (command) return command;
  throw new CorralError('COMMAND_NOT_FOUND', `Core ${quote(kernel.name)} has no command ${quote(method)}.`, { details: { command: method.slice(0, 80) } });
}

/** The schema's output, or INVALID_ARGUMENTS. A small argument is judged again for every issue: a form wants them all. */
function accepted(command: DeclaredCommand, params: unknown, verdict: Verdict): unknown {
  if (!verdict.issues) return verdict.value;
  const { issues } = verdict;
  const refuse = (judged: Verdict): never => {
    throw invalidArguments(command, judged.issues ?? issues);
  };
  return guard(params, SMALL) ? refuse(verdict) : then(validate(command.args, params, true), refuse);
}

const SMALL: GuardLimits = { nodes: 1000, depth: 32, stringLength: 100_000 };

function invalidArguments(command: DeclaredCommand, issues: Issue[]): CorralError {
  const [first] = issues;
  const where = first?.path.length ? ` at ${quote(first.path.join('.'))}` : '';
  return new CorralError('INVALID_ARGUMENTS', `${quote(command.name)} was not run: its argument was refused${where}. ${first?.message ?? ''}.`, { details: { issues } });
}

function run(kernel: Kernel, session: Session, request: Request, call: OpenCall, command: DeclaredCommand, args: unknown): unknown {
  // Cancelled while an asynchronous schema ran: the handler never starts.
  if (call.reason !== undefined) return undefined;
  const { client } = session;
  const context = {
    get signal() {
      if (!call.controller) {
        call.controller = new AbortController();
        if (call.reason !== undefined) call.controller.abort(call.reason);
      }
      return call.controller.signal;
    },
    client,
    emit: kernel.events.emit,
    emitTo: kernel.events.emitTo,
    fail: command.fail,
    headers: headersOf(request),
  };
  const fail = (error: unknown): never | Promise<never> => {
    const failure = handlerFailure(kernel, { command, client }, error);
    if (failure instanceof Promise) return failure.then((settled) => Promise.reject(settled));
    throw failure;
  };
  try {
    const result = kernel.middleware.length === 0 ? command.handler(args as never, context as never) : throughMiddleware(kernel, command, args, context);
    return isThenable(result) ? Promise.resolve(result).catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}

/** The layers around the handler, outermost first. Each may answer itself, change the answer, or throw. */
function throughMiddleware(kernel: Kernel, command: DeclaredCommand, args: unknown, context: { client: Caller; headers: Readonly<Record<string, string>>; readonly signal: AbortSignal }): Promise<unknown> {
  const call: MiddlewareCall = {
    command: command.name,
    args,
    client: context.client,
    headers: context.headers,
    get signal() {
      return context.signal;
    },
  };
  const step = async (index: number): Promise<unknown> => {
    const layer = kernel.middleware[index];
    return layer ? layer(call, () => step(index + 1)) : command.handler(args as never, context as never);
  };
  return step(0);
}

/** The answer as `returns` gives it. What was wrong with it is the core's business: it goes to `onError`, not to the client. */
function checkAnswer(kernel: Kernel, command: DeclaredCommand, value: unknown): unknown {
  const { answerNodes } = kernel.limits;
  if (answerNodes < Infinity) checkSize(value, { ...kernel.limits, nodes: answerNodes }, `The answer of ${quote(command.name)}`);
  if (!command.returns) return value;
  return then(validate(command.returns, value), (verdict) => {
    if (!verdict.issues) return verdict.value;
    const message = `${quote(command.name)} ran, but its answer does not match \`returns\`. The core's \`onError\` has the details.`;
    throw new CorralError('INVALID_RESULT', message, { details: { command: command.name }, cause: verdict.issues });
  });
}

/** What the caller sent beside the arguments, or a refusal: strings only, and few. */
function headersOf({ headers }: Request): Readonly<Record<string, string>> {
  if (headers === undefined) return NO_HEADERS;
  const entries = isObject(headers) ? Object.entries(headers) : undefined;
  if (!entries || entries.length > 64 || entries.some(([, value]) => typeof value !== 'string' || value.length > 8192)) {
    throw malformed('`headers` takes at most 64 strings of at most 8192 characters');
  }
  return Object.freeze(headers);
}

/** A handler may return any thenable, not only a promise. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}
