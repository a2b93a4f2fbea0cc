/** What each side said, in order. */
import type { Port } from '../client.ts';

/** One message that crossed. */
export interface Line {
  /** Which end spoke. */
  readonly from: 'client' | 'core';
  readonly message: unknown;
}

/** What has crossed between two joined ports, in order. */
export interface Transcript {
  readonly lines: readonly Line[];
  /** The method names and replies as short text, e.g. `client: greet #1`, for one assertion over a conversation. */
  summary(): string[];
  /** Resolves with the first line, said already or later, that the predicate accepts. */
  until(accepts: (line: Line) => boolean): Promise<Line>;
}

/**
 * Writes down what is posted on both ends of a pair, frames taken apart, without touching it. Give it the pair before
 * either end is used.
 */
export function transcript([client, core]: readonly [Port, Port]): Transcript {
  const lines: Line[] = [];
  const waiting = new Set<(line: Line) => void>();

  function note(from: Line['from'], data: unknown): void {
    for (const message of Array.isArray(data) ? data : [data]) {
      const line = { from, message: structuredClone(message) };
      lines.push(line);
      for (const wait of waiting) wait(line);
    }
  }

  core.addEventListener('message', ({ data }) => note('client', data));
  client.addEventListener('message', ({ data }) => note('core', data));
  return {
    lines,
    summary: () => lines.map(({ from, message }) => `${from}: ${describe(message)}`),
    until: (accepts) =>
      new Promise((resolve) => {
        const said = lines.find(accepts);
        if (said) return resolve(said);
        const wait = (line: Line): void => {
          if (!accepts(line)) return;
          waiting.delete(wait);
          resolve(line);
        };
        waiting.add(wait);
      }),
  };
}

function describe(message: unknown): string {
  const { id, method, error } = (message ?? {}) as { id?: unknown; method?: string; error?: { data?: { code?: string }; code?: number } };
  const number = id === undefined ? '' : ` #${String(id)}`;
  if (method !== undefined) return `${method}${number}`;
  return error ? `${error.data?.code ?? error.code}${number}` : `result${number}`;
}
