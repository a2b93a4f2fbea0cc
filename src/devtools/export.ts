/** The timeline as JSON, and what crossed as a JSON-RPC transcript. */
import type { Capture } from './capture.ts';
import { durationOf, type Entry } from './entry.ts';
import { toJson } from './picture.ts';
import type { Line } from './recorder.ts';
import type { Picture } from './snapshot.ts';

/** One object for each line, oldest first; times are ISO 8601, durations milliseconds. */
export function timelineOf(entries: Iterable<Entry>): object[] {
  return [...entries].map((entry) => {
    const { number, what, name, client, way, at, outcome, code, sentence, verdict, size, exact, id, items, from } = entry;
    const pictures = { details: entry.details, input: entry.input, answer: entry.answer, headers: entry.headers };
    return {
      number,
      at: new Date(at).toISOString(),
      what,
      name,
      client,
      way,
      id,
      outcome,
      milliseconds: durationOf(entry),
      bytes: size,
      bytesAreExact: exact,
      code,
      sentence,
      verdict,
      from,
      items,
      ...Object.fromEntries(Object.entries(pictures).map(([key, picture]) => [key, json(picture)])),
      sample: entry.sample?.map(toJson),
    };
  });
}

/**
 * JSON Lines: on each `{ at, client, seenBy, from, message }`, and `message` is the JSON-RPC message. What JSON has no word for, and what was
 * too long to be kept, stands there in angle brackets.
 */
export function transcriptOf(lines: Iterable<Line>): string {
  return [...lines]
    .map(({ client, side, fromClient, captured }) => JSON.stringify({ at: new Date(captured.at).toISOString(), client, seenBy: side, from: fromClient ? 'client' : 'core', message: messageOf(captured) }))
    .map((line) => `${line}\n`)
    .join('');
}

function messageOf({ id, method, params, result, error, headers, live, other, resource }: Capture): object {
  if (method === undefined && result === undefined && error === undefined) return { '<no message>': json(other) };
  return {
    jsonrpc: '2.0',
    id,
    method,
    params: json(params),
    result: method === undefined && !error ? json(result) : undefined,
    error: error && { code: error.number, message: error.message, data: { code: error.code, details: json(error.details) } },
    headers: json(headers),
    live,
    resource,
  };
}

function json(picture: Picture | undefined): unknown {
  return picture === undefined ? undefined : toJson(picture);
}
