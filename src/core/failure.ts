/** What a client is told of a failure, and what only the core's author is told. */
import { CorralError, isCorralError, quote, type Issue, type RefusalReason } from '../wire/errors.ts';
import { isObject } from '../wire/messages.ts';
import type { DeclaredCommand, Kernel } from './kernel.ts';
import { validate } from './validate.ts';

/** A handler's error as its caller gets it: a declared one whole, any other as COMMAND_FAILED. Total, whatever was thrown. */
export async function handlerFailure(kernel: Kernel, { name, errors = {} }: DeclaredCommand, client: { id: string; label: string }, error: unknown): Promise<CorralError> {
  let cause = error;
  try {
    if (isCorralError(error) && Object.hasOwn(errors, error.code)) {
      const { value, issues } = (await validate(errors[error.code], error.details)) as { value?: unknown; issues?: Issue[] };
      if (!issues) return new CorralError<string>(error.code, error.message, value);
      cause = new TypeError(`The details of ${quote(error.code)} do not match its schema: ${sentence(issues)}`);
    }
    // A handler that stops because its caller cancelled has not failed.
    if (!(error instanceof DOMException && /^(Abort|Timeout)Error$/.test(error.name))) void report(kernel, cause, { command: name, client });
  } catch {
    void report(kernel, error, { command: name, client });
  }
  return commandFailed(name, kernel.exposeErrors ? messageOf(cause) : 'the core keeps the reason to itself');
}

/** An error of the gates as it is; anything else came from a schema, or from Corral itself. */
export function gateFailure(kernel: Kernel, command: string, error: unknown): CorralError {
  const told = isCorralError(error);
  if (!told || error.cause) void report(kernel, error, { command });
  return told ? error : commandFailed(command, 'it broke before it ran');
}

function commandFailed(command: string, why: string): CorralError {
  return new CorralError('COMMAND_FAILED', `${quote(command)} failed: ${why}. The core's \`onError\` has it whole.`, { command: command.slice(0, 80) });
}

/** Tells the core's author. An `onError` that fails, now or later, must not stop the reply nor be told of itself. */
export async function report(kernel: Kernel, error: unknown, about: Parameters<Kernel['onError']>[1]): Promise<void> {
  try {
    await kernel.onError(error, about);
  } catch (second) {
    console.error(second);
  }
}

export function connectionRefused(reason: RefusalReason, message: string, expected?: unknown, received?: unknown): CorralError {
  return new CorralError('CONNECTION_REFUSED', message, { reason, expected, received });
}

export function setupFailed({ name, setupError }: Kernel): CorralError {
  return connectionRefused('setup', `The setup of ${quote(name)} failed: ${setupError}.`);
}

export function overloaded(limit: string, allowed: number): CorralError {
  return new CorralError('OVERLOADED', `This client is over its limit of ${allowed} ${limit}. Wait for some to end, or raise \`limits\`.`, { limit, allowed });
}

/** The first issue in words. */
export function sentence([first]: Issue[]): string {
  return `${first?.message}${first?.path.length ? ` at ${quote(first.path.join('.'))}` : ''}.`;
}

export function malformed(what: string, details?: { garbled: true }): CorralError {
  return new CorralError('MALFORMED_MESSAGE', `${what}. Send JSON-RPC 2.0: { jsonrpc: "2.0", id, method, params }.`, details);
}

/** The text of whatever was thrown, bounded. A hostile getter or `toString` must not stop the reply. */
export function messageOf(error: unknown): string {
  try {
    return String(isObject(error) ? error['message'] : error).slice(0, 1000);
  } catch {
    return 'it cannot be read';
  }
}
