/** What the inspector keeps of one tap record: bounded plain data, which may be posted to another realm. */
import type { TapRecord, TapSide } from '../client.ts';
import { createCamera, cut, type Picture } from './snapshot.ts';

export interface Capture {
  readonly kind: TapRecord['kind'];
  readonly link: number;
  /** Milliseconds since the epoch, so that realms can be compared. */
  readonly at: number;
  /** Bytes, as an estimate; at least so many unless `exact`. */
  readonly size: number;
  readonly exact: boolean;
  readonly weight: number;
  readonly resource?: number;
  /** Of `opened`. */
  readonly side?: TapSide;
  readonly label?: string;
  /** Of a message: `method` for what asks or tells, `result` or `error` for what answers. */
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Picture;
  readonly result?: Picture;
  readonly error?: CapturedError;
  readonly headers?: Picture;
  readonly live?: readonly CapturedPart[];
  /** What is no message, or what a gate told. */
  readonly other?: Picture;
  readonly cause?: string;
}

export interface CapturedError {
  /** Corral's code, or JSON-RPC's number where there is none. */
  readonly code: string;
  readonly number: number | undefined;
  readonly message: string;
  readonly details?: Picture;
}

export interface CapturedPart {
  readonly path: string;
  readonly channel?: number;
  readonly kind?: 'stream' | 'channel';
  readonly resource?: number;
  readonly methods?: readonly string[];
}

/** So many characters of each are kept. */
export const LONGEST = { id: 256, name: 200, path: 200, code: 100, message: 2_000, cause: 500 } as const;
/** So many of the channels and resources in a message are told apart, and methods of each. */
export const PARTS = 64;

type Loose = Record<string, unknown>;
type Writable = { -readonly [Key in keyof Capture]: Capture[Key] };

const { timeOrigin } = performance;

/** Takes the picture of a record. Never throws: what cannot be read is told so. */
export function capture({ kind, link, at, message, cause, resource }: TapRecord): Capture {
  const camera = createCamera();
  const picture: Writable = { kind, link, at: timeOrigin + at, size: 0, exact: true, weight: 0 };
  try {
    if (resource !== undefined) picture.resource = resource;
    if (cause !== undefined) picture.cause = cut(String((cause as { message?: unknown } | null)?.message ?? cause), LONGEST.cause);
    if (kind === 'opened') Object.assign(picture, message);
    else if (isMessage(message)) fill(picture, message, camera.take);
    else if (message !== undefined) picture.other = camera.take(message);
  } catch {
    picture.other = { is: 'opaque', text: 'unreadable' };
  }
  return { ...picture, size: camera.size, exact: camera.exact, weight: camera.weight };
}

function isMessage(message: unknown): message is Loose {
  return typeof message === 'object' && message !== null && (message as Loose)['jsonrpc'] === '2.0';
}

function fill(picture: Writable, message: Loose, take: (value: unknown) => Picture): void {
  const { id, method, params, result, error, headers, live } = message;
  if (id === null || typeof id === 'number' || typeof id === 'string') picture.id = typeof id === 'string' ? cut(id, LONGEST.id) : id;
  if (typeof method === 'string') {
    picture.method = cut(method, LONGEST.name);
    if (params !== undefined) picture.params = take(params);
  } else if (error !== undefined) picture.error = readError(error, take);
  else picture.result = take(result);
  if (headers !== undefined) picture.headers = take(headers);
  if (Array.isArray(live)) picture.live = Array.from(live.slice(0, PARTS), readPart);
}

function readError(error: unknown, take: (value: unknown) => Picture): CapturedError {
  const { code, message, data } = Object(error) as Loose;
  const { code: name, details } = Object(data) as Loose;
  return {
    code: cut(word(typeof name === 'string' ? name : code) || 'no code', LONGEST.code),
    number: typeof code === 'number' ? code : undefined,
    message: cut(word(message), LONGEST.message),
    ...(details !== undefined && { details: take(details) }),
  };
}

function readPart(part: unknown): CapturedPart {
  const { path, channel, kind, resource, methods } = Object(part) as Loose;
  return {
    path: Array.isArray(path) ? cut(Array.from(path.slice(0, 16), word).join('.'), LONGEST.path) : '',
    ...(typeof channel === 'number' && { channel, kind: kind === 'channel' ? 'channel' : 'stream' }),
    ...(typeof resource === 'number' && { resource }),
    ...(Array.isArray(methods) && { methods: Array.from(methods.slice(0, PARTS), (method) => cut(word(method), LONGEST.name)) }),
  };
}

/** Not `String(value)`: that of an array may be gigabytes. */
function word(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
