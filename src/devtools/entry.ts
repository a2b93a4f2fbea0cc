/** One line of the timeline. */
import type { Picture } from './snapshot.ts';

/** What a line is about. The groups are what one can filter by. */
export const GROUPS = {
  calls: ['call'],
  events: ['event', 'emit', 'listen'],
  streams: ['stream', 'channel', 'resource'],
  gate: ['grant', 'revoke', 'invite', 'refusal'],
  connections: ['connect', 'goodbye', 'fault'],
} as const;

export type Group = keyof typeof GROUPS;
export type What = (typeof GROUPS)[Group][number];

/** `open`: it has not ended. `refused`: by the gate or a check, and nothing ran. `failed`: it ran. `lost`: the other side has gone. */
export type Outcome = 'open' | 'done' | 'refused' | 'failed' | 'cancelled' | 'lost';

export interface Entry {
  /** Counts the lines. */
  readonly number: number;
  readonly what: What;
  /** The command, the event, the label. */
  readonly name: string;
  /** Whose it is: the name of the client's end, unique within the inspector. */
  client: string;
  /** `out`: from the client to the core. */
  readonly way: 'in' | 'out' | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  end: number | undefined;
  outcome: Outcome;
  /** Bytes both ways, as an estimate; at least so many unless `exact`. */
  size: number;
  exact: boolean;
  id?: string | number | null;
  code?: string;
  /** The error's sentence, or what else there is to say. */
  sentence?: string;
  details?: Picture;
  /** The arguments, the payload. */
  input?: Picture;
  answer?: Picture;
  headers?: Picture;
  /** What the gate said, if this realm has it. */
  verdict?: string;
  /** Of a stream or a channel: how many items crossed, and some of the newest. */
  items?: number;
  sample?: Picture[];
  /** What the arguments or the answer hold that is no data. */
  carries?: string;
  /** The line of the call that opened it. */
  from?: number;
  /** Grows with each change, so that a view knows. */
  version: number;
  /** Bytes of memory, roughly. */
  weight: number;
  /** False once the timeline has let it go. */
  kept: boolean;
}

/** What becomes of a call with this code; a code of the command's own is a failure, for its handler ran. */
export function outcomeOf(code: string): Outcome {
  if (code === 'CANCELLED') return 'cancelled';
  if (code === 'CONNECTION_LOST') return 'lost';
  return REFUSALS.has(code) ? 'refused' : 'failed';
}

const REFUSALS: ReadonlySet<string> = new Set([
  'NOT_ALLOWED',
  'COMMAND_NOT_FOUND',
  'INVALID_ARGUMENTS',
  'INVALID_PAYLOAD',
  'OVERLOADED',
  'CONNECTION_REFUSED',
  'MALFORMED_MESSAGE',
  'NOT_CLONEABLE',
]);

/** Milliseconds it took, or undefined while it goes on or where it has no length. */
export function durationOf({ at, end }: Entry): number | undefined {
  return end === undefined ? undefined : end - at;
}
