/** What the inspector keeps of one tap record: bounded plain data, which may be posted to another realm. */
import type { TapRecord, TapSide } from '../client.ts';
import { createCamera, type Picture } from './snapshot.ts';

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

type Loose = Record<string, unknown>;
type Writable = { -readonly [Key in keyof Capture]: Capture[Key] };

const { timeOrigin } = performance;

/** Takes the picture of a record. Never throws: what cannot be read is told so. */
export function capture({ kind, link, at, message, cause, resource }: TapRecord): Capture {
  const camera = createCamera();
  const picture: Writable = { kind, link, at: timeOrigin + at, size: 0, exact: true, weight: 0 };
  try {
    if (resource !== undefined) picture.resource = resource;
    if (cause !== undefined) picture.cause = String((cause as { message?: unknown } | null)?.message ?? cause).slice(0, 500);
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
  if (id === null || typeof id === 'number' || typeof id === 'string') picture.id = typeof id === 'string' ? id.slice(0, 256) : id;
  if (typeof method === 'string') {
    picture.method = method.slice(0, 200);
    if (params !== undefined) picture.params = take(params);
  } else if (error !== undefined) picture.error = readError(error, take);
  else picture.result = take(result);
  if (headers !== undefined) picture.headers = take(headers);
  if (Array.isArray(live)) picture.live = live.slice(0, 64).map(readPart);
}

function readError(error: unknown, take: (value: unknown) => Picture): CapturedError {
  const { code, message, data } = Object(error) as Loose;
  const { code: name, details } = Object(data) as Loose;
  return {
    code: String(typeof name === 'string' ? name : (code ?? 'no code')).slice(0, 100),
    number: typeof code === 'number' ? code : undefined,
    message: String(message ?? '').slice(0, 2_000),
    ...(details !== undefined && { details: take(details) }),
  };
}

function readPart(part: unknown): CapturedPart {
  const { path, channel, kind, resource, methods } = Object(part) as Loose;
  return {
    path: Array.isArray(path) ? path.slice(0, 16).join('.') : '',
    ...(typeof channel === 'number' && { channel, kind: kind === 'channel' ? 'channel' : 'stream' }),
    ...(typeof resource === 'number' && { resource }),
    ...(Array.isArray(methods) && { methods: methods.slice(0, 64).map(String) }),
  };
}

/** Whether another realm may have captured this: what is read of it without a look is what it should be. */
export function isCapture(value: unknown): value is Capture {
  const { kind, link, at, size, weight, method, label, error, side = 'client', live = [] } = Object(value) as Loose;
  const numbers = [link, at, size, weight].every((one) => typeof one === 'number' && Number.isFinite(one));
  const texts = [kind, method ?? '', label ?? '', side].every((one) => typeof one === 'string');
  return numbers && texts && Array.isArray(live) && (error === undefined || typeof Object(error).code === 'string');
}
