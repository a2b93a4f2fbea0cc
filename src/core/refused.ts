/** What could not be cloned, an answer, an event or a message of a channel: only that one fails. */
import { notCloneable, quote, toWire } from '../wire/errors.ts';
import type { Mended } from '../wire/link.ts';
import type { ChannelMessage, EventMessage, Id } from '../wire/messages.ts';
import { inPlace } from './events.ts';
import { gateFailure, report } from './failure.ts';
import { abort, type OpenCall } from './invoke.ts';
import type { Kernel } from './kernel.ts';
import type { Session } from './session.ts';

/** On an answer, the call that it answers. Cloning leaves symbols out. */
export const CALL: unique symbol = Symbol();

interface Refused {
  id?: Id;
  params?: object;
  result?: unknown;
  live?: unknown;
  [CALL]?: OpenCall;
}

/** Sends an error instead; returns what to post in the message's place, if it can be mended. */
export function refuse(kernel: Kernel, session: Session, message: object, cause: unknown, transfer: Transferable[]): Mended[] | void {
  const { send, channels } = session;
  // Its place goes to what follows it.
  if (session.onBus !== undefined && 'after' in message) session.onBus = -1;
  if (Array.isArray(message)) return send(message.map((reply: object) => cloneable(kernel, session, reply)));
  const { id, params, [CALL]: call, result, live } = message as Refused;
  if (params && 'channel' in params) return channels.refused(params as ChannelMessage, cause, 'core');
  let error: object;
  try {
    const mended = call && !live && channels.mend(call, result, transfer);
    if (mended) return [{ ...mended, message: inPlace(kernel, session, mended.message) }];
    // What was to begin with this answer does not.
    if (call) abort(call, 'AbortError');
    error = failed(kernel, session, message, cause);
  } catch (fault) {
    error = toWire(gateFailure(kernel, call?.command?.name ?? 'the answer', fault));
  }
  if (id !== undefined) send({ jsonrpc: '2.0', id, error });
}

/** A reply of a batch, or the error that goes in its place. */
function cloneable(kernel: Kernel, session: Session, reply: object): object {
  try {
    return structuredClone(reply);
  } catch (cause) {
    return { jsonrpc: '2.0', id: (reply as { id: Id }).id, error: failed(kernel, session, reply, cause) };
  }
}

function failed(kernel: Kernel, { client }: Session, message: object, cause: unknown): object {
  const { result, params, [CALL]: call } = message as Refused;
  const { event, payload } = (params ?? {}) as Partial<EventMessage>;
  const command = call?.method;
  const what = event === undefined ? `The answer${command ? ` of ${quote(command)}` : ''}` : `The payload of ${quote(event)}`;
  const error = notCloneable(what, event === undefined ? result : payload, 'core', cause);
  void report(kernel, error, { client, ...(command && { command }), ...(event && { event }) });
  return toWire(error);
}
