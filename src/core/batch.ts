/** A batch as JSON-RPC 2.0 has it, from a client that never said hello. */
import { isRequest, isResponse } from '../wire/messages.ts';
import type { Respond } from './invoke.ts';

/**
 * Hands on each message; `answer` gets all replies when the last one is there, and is not called if nothing in the batch is to
 * be replied to.
 */
export function receiveBatch(batch: unknown[], receive: (message: unknown, respond: Respond) => void, answer: (replies: object[]) => void): void {
  const replies: object[] = [];
  let open = batch.length;
  const done = (reply?: object): void => {
    if (reply) replies.push(reply);
    if (--open === 0 && replies.length > 0) answer(replies);
  };
  for (const message of batch) {
    receive(message, done);
    if (isRequest(message) ? message.id === undefined : isResponse(message)) done();
  }
}
