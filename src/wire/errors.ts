/** Every way a call can fail: its code, its sentence, and how a failure crosses. */
import { isObject, type WireError } from './messages.ts';

/** Each of Corral's own codes with its JSON-RPC number; a declared error crosses as -32000. */
export const NUMBERS = {
  NOT_ALLOWED: -32001,
  COMMAND_NOT_FOUND: -32601,
  INVALID_ARGUMENTS: -32602,
  INVALID_PAYLOAD: -32602,
  INVALID_RESULT: -32603,
  COMMAND_FAILED: -32000,
  OVERLOADED: -32002,
  CONNECTION_REFUSED: -32003,
  MALFORMED_MESSAGE: -32600,
  NOT_CLONEABLE: -32004,
  CONNECTION_LOST: -32005,
  CANCELLED: -32800,
} as const;

/** Corral's own codes. A declared error's code is the name that the command gave it. */
export type Code = keyof typeof NUMBERS;
/** Where an error arose. */
export type Side = 'client' | 'core';

/** Where a value was refused: the keys that lead to it, and what was expected there. */
export interface Issue {
  path: (string | number)[];
  message: string;
}

/** Why a connection ended. */
export type LossReason =
  | 'script' // the worker's script could not be loaded or parsed
  | 'threw' // the worker threw before it served
  | 'not-started' // nothing was served within `startTimeout`
  | 'died' // the core's worker was terminated, or crashed
  | 'closed' // the core closed itself
  | 'disconnected' // the core sent this client away
  | 'garbled' // a message could not be deserialized, and nobody can say whose it was
  | 'away' // the page went into the back/forward cache
  | 'ended'; // this side called close()

/** Why the core said NOT_ALLOWED. */
export type DenialReason =
  | 'not-granted' // nothing grants it, or something denies it
  | 'out-of-scope' // granted, but not with this argument
  | 'revoked'; // it was granted when it began

export type RefusalReason = 'version' | 'protocol' | 'label' | 'setup';

/** What `details` holds, for each of Corral's own codes. */
export interface DetailsByCode {
  NOT_ALLOWED: { client: string; action: string; name: string; reason: DenialReason };
  COMMAND_NOT_FOUND: { command: string };
  INVALID_ARGUMENTS: { issues: Issue[] };
  INVALID_PAYLOAD: { event: string; issues: Issue[] };
  INVALID_RESULT: { command: string };
  COMMAND_FAILED: { command: string };
  OVERLOADED: { limit: string; allowed: number };
  CONNECTION_REFUSED: { reason: RefusalReason; expected?: unknown; received?: unknown };
  MALFORMED_MESSAGE: { garbled: true } | undefined;
  NOT_CLONEABLE: { path: (string | number)[] };
  CONNECTION_LOST: { reason: LossReason };
  CANCELLED: undefined;
}

type DetailsOf<C extends string> = C extends keyof DetailsByCode ? DetailsByCode[C] : unknown;

/**
 * The one class of error that Corral rejects with. `code` is a code of the table in wire/README.md or the name of
 * an error that the command declares; `details` is typed by it; `side` says where it arose; `cause` never crosses.
 */
export class CorralError<C extends string = string, Details = DetailsOf<C>> extends Error {
  override readonly name = 'CorralError';
  readonly code: C;
  readonly details: Details;
  readonly side: Side;

  constructor(code: C, message: string, details: Details, side: Side = 'core', cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.details = details;
    this.side = side;
  }
}

/** True for an error of Corral's, and with a code only for that one. */
export function isCorralError<C extends Code>(error: unknown, code: C): error is CorralError<C>;
export function isCorralError(error: unknown, code?: string): error is CorralError;
export function isCorralError(error: unknown, code?: string): boolean {
  try {
    return error instanceof CorralError && (code === undefined || error.code === code);
  } catch {
    return false; // a Proxy may throw even here
  }
}

/** An error as plain data: cloning an Error loses its code everywhere, and its cause in Safari. */
export function toWire({ code, message, details }: CorralError): WireError {
  const number = Object.hasOwn(NUMBERS, code) ? NUMBERS[code as Code] : NUMBERS.COMMAND_FAILED;
  return { code: number, message, data: details === undefined ? { code } : { code, details } };
}

/** The error a reply carries. Whatever a foreign core put there, this returns a CorralError. */
export function fromWire(error: unknown): CorralError {
  if (!isObject(error) || typeof error['message'] !== 'string') {
    return new CorralError('MALFORMED_MESSAGE', 'The reply holds neither a result nor an error.', undefined, 'client');
  }
  const { code, details } = isObject(error['data']) ? error['data'] : ({} as Record<string, unknown>);
  return new CorralError<string>(typeof code === 'string' ? code : 'COMMAND_FAILED', error['message'], details);
}

/** A name for a sentence: whatever a stranger sent, it stays short. */
export function quote(name: string): string {
  return `\`${name.slice(0, 80)}\``;
}

/** Something that structured cloning refuses; the sentence names the place, where one can be named. */
export function notCloneable(what: string, value: unknown, side: Side, cause: unknown): CorralError<'NOT_CLONEABLE'> {
  const path = culprit(value, []) ?? [];
  const where = path.length ? ` because of ${quote(path.join('.'))}` : '';
  return new CorralError('NOT_CLONEABLE', `${what} cannot be cloned${where}. Send plain data, and list in \`transfer\`, once, what is to be moved; what was moved before has gone.`, { path }, side, cause);
}

/** The path to the first value inside that cannot be cloned. Total, whatever a getter or a Proxy does. */
function culprit(value: unknown, path: (string | number)[]): (string | number)[] | undefined {
  let at = path;
  try {
    structuredClone(value);
    return undefined;
  } catch {
    try {
      for (const key of path.length < 16 ? Object.keys(value as object) : []) {
        // What is Corral's own has no name that says something to its owner.
        if (key[0] === '~') break;
        at = [...path, Array.isArray(value) ? Number(key) : key];
        const found = culprit((value as Record<string, unknown>)[key], at);
        if (found) return found;
      }
      return path;
    } catch {
      return at;
    }
  }
}
