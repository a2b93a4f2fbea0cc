/** What a client is told of a failure, and what only the core's author is told. */
import { CorralError, quote } from '../wire/errors.ts';
import { isObject } from '../wire/messages.ts';
import type { DeclaredCommand, Kernel } from './kernel.ts';
import { validate, type Verdict } from './validate.ts';

interface About {
  readonly command: DeclaredCommand;
  readonly client: { readonly id: string; readonly label: string };
}

/** A handler's error as its caller gets it: a declared one whole, any other as COMMAND_FAILED. */
export function handlerFailure(kernel: Kernel, about: About, error: unknown): CorralError | Promise<CorralError> {
  const declared = error instanceof CorralError && Object.hasOwn(about.command.errors ?? {}, error.code);
  if (!declared) return commandFailed(kernel, about, error);
  const judge = (verdict: Verdict): CorralError => {
    if (!verdict.issues) return new CorralError<string, unknown>(error.code, error.message, { details: verdict.value });
    return commandFailed(kernel, about, new TypeError(`The details of ${quote(error.code)} do not match its schema: ${verdict.issues[0]?.message}`));
  };
  const verdict = validate(about.command.errors?.[error.code], error.details);
  return verdict instanceof Promise ? verdict.then(judge) : judge(verdict);
}

function commandFailed(kernel: Kernel, { command, client }: About, error: unknown): CorralError {
  // A handler that stops because its caller cancelled has not failed.
  if (!(error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError'))) {
    report(kernel, error, { command: command.name, client: { id: client.id, label: client.label } });
  }
  const text = kernel.exposeErrors ? messageOf(error) : "The core keeps the reason to itself; its `onError` has it";
  return new CorralError('COMMAND_FAILED', `${quote(command.name)} failed: ${text}.`, { details: { command: command.name } });
}

/** Tells the core's author; an `onError` that throws must not stop the reply. */
export function report(kernel: Kernel, error: unknown, about: Parameters<Kernel['onError']>[1]): void {
  try {
    kernel.onError(error, about);
  } catch (second) {
    console.error(second);
  }
}

/** An error of the gates as it is; anything else came from a schema or from Corral itself. */
export function gateFailure(kernel: Kernel, method: string, error: unknown): CorralError {
  if (error instanceof CorralError) {
    if (error.code === 'INVALID_RESULT') report(kernel, error, { command: method });
    return error;
  }
  report(kernel, error, { command: method });
  return new CorralError('COMMAND_FAILED', `${quote(method)} failed before it ran. The core's \`onError\` has the reason.`, { details: { command: method.slice(0, 80) } });
}

export type Refusal = 'version' | 'protocol' | 'label' | 'setup' | 'clients' | 'hello';

export function connectionRefused(reason: Refusal, message: string, expected?: unknown, received?: unknown): CorralError {
  return new CorralError('CONNECTION_REFUSED', `${message}.`, { details: { reason, expected, received } });
}

export function setupFailed(kernel: Kernel): CorralError {
  return connectionRefused('setup', `The setup of ${quote(kernel.name)} failed: ${messageOf(kernel.setupError)}`);
}

export function overloaded(limit: string, allowed: number): CorralError {
  return new CorralError('OVERLOADED', `This client is over its limit of ${allowed} ${limit}. Wait for some to end, or raise \`limits.${limit}\`.`, { details: { limit, allowed } });
}

/** A stranger's value in a sentence, without calling anything of it. */
export function show(value: unknown): string {
  return typeof value === 'string' ? quote(value) : typeof value === 'number' ? String(value) : value === undefined ? 'none' : typeof value;
}

/** The text of whatever was thrown, bounded. A hostile getter or `toString` must not stop the reply. */
function messageOf(error: unknown): string {
  try {
    const text = isObject(error) ? error['message'] : error;
    return typeof text === 'symbol' ? 'a symbol was thrown' : String(text).slice(0, 1000);
  } catch {
    return 'an error that cannot be read';
  }
}

