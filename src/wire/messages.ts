/** Every message that crosses, and how to recognise one. Plain JSON-RPC 2.0; see README.md beside this file. */

/** Bumped when a message changes its meaning; told in `$/hello`, refused when it differs. */
export const PROTOCOL = 1;

/** A frame never holds more messages than this; a longer one is refused as a whole. */
export const FRAME_LENGTH = 4096;

export type Id = string | number | null;

/** A call when it has an `id`, a notification when it has none. `headers` is Corral's one addition to JSON-RPC 2.0. */
export interface Request {
  jsonrpc: '2.0';
  id?: Id;
  method: string;
  params?: unknown;
  headers?: Record<string, string>;
  /** What in `params` is no data. */
  live?: Part[];
}

export interface WireError {
  code: number;
  message: string;
  data?: { code: string; details?: unknown };
}

export interface Success {
  jsonrpc: '2.0';
  id: Id;
  result: unknown;
  /** What in `result` is no data. */
  live?: Part[];
}

export interface Failure {
  jsonrpc: '2.0';
  id: Id;
  error: WireError;
}

/**
 * Something that cannot be cloned: it lives on at its owner's, and in the message null is in its place. Told beside the
 * data, so that nothing inside data can pass for it.
 */
export type Part = ChannelPart | ResourcePart;

export interface ChannelPart {
  path: (string | number)[];
  /** Positive when the client opens it, negative when the core does; not used before on this link. */
  channel: number;
  /** In a `stream` the side that opens it speaks; in a `channel` the core does, and the client too if the core lets it. */
  kind: 'stream' | 'channel';
}

/** Only in answers. The port speaks Comlink's protocol, and of that only calls of these methods and the release. */
export interface ResourcePart {
  path: (string | number)[];
  resource: number;
  methods: string[];
  port: MessagePort;
}

export type Response = Success | Failure;
export type Message = Request | Response;

/** What a client may ask of the core under a reserved name, with what it is answered. */
export interface ToCore {
  '$/hello': { params: Hello; result: Welcome };
  '$/cancelRequest': { params: { id: Id; reason?: 'timeout' }; result: never };
  '$/listen': { params: { event: string; listener: number }; result: Listening };
  '$/join': { params: { greeted?: boolean }; result: Pick<Listening, 'seq'> };
  '$/unlisten': { params: { listener: number }; result: never };
  '$/emit': { params: { event: string; payload: unknown; to?: string }; result: null };
  '$/invite': { params: { label: string; port: MessagePort }; result: { link: string } };
  '$/channel': { params: ChannelMessage; result: never };
  '$/credit': { params: Credit; result: never };
  '$/ping': { params: undefined; result: null };
  '$/bye': { params: Bye | { link: string }; result: never };
}

/** What a core tells or asks a client under a reserved name. */
export interface ToClient {
  '$/ready': { params: undefined; result: never };
  '$/joined': { params: { client: string }; result: never };
  '$/event': { params: EventMessage; result: never };
  '$/unlisten': { params: { listener: number; error: WireError }; result: never };
  '$/channel': { params: ChannelMessage; result: never };
  '$/credit': { params: Credit; result: never };
  '$/ping': { params: undefined; result: null };
  '$/bye': { params: Bye; result: never };
}

export interface Hello {
  protocol: number;
  label?: string;
  version?: string;
  /** The Web Lock that the client holds as long as it lives. */
  lock?: string;
}

export interface Welcome {
  protocol: number;
  /** The client's id: random, and new at each hello. */
  client: string;
  core: { name: string; version: string | undefined };
  /** The name of the bus; absent for a client that is fed over its link. */
  bus: string | undefined;
  /** The Web Lock that the core holds as long as it lives. */
  lock: string | undefined;
  limits: object;
}

/** `seq` says which events came before the registration; `retained` is the last value of a retained event. */
export interface Listening {
  seq: number;
  retained: { payload: unknown } | undefined;
}

/** `seq` counts every event of one core, so that a listener hears each event after its registration exactly once. */
export interface EventMessage {
  event: string;
  payload: unknown;
  seq: number;
}

/** Items in order, or the end: after it neither side sends. With an error if it ended before it should. */
export type ChannelMessage = { channel: number; items: unknown[] } | { channel: number; end: true; error?: WireError };

/** So much more may be sent. */
export interface Credit {
  channel: number;
  credit: number;
}

export interface Bye {
  reason: string;
  /** What the client's calls fail with, if it is not the end of the core but of what the client may. */
  error?: WireError;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A structured clone can carry NaN and endless strings, which JSON-RPC's id may not be. */
function isId(id: unknown): id is Id {
  return typeof id === 'number' ? Number.isFinite(id) : id === null || (typeof id === 'string' && id.length <= 256);
}

/** The id to answer a message with that is not a request: its own when it has a usable one, else null. */
export function idOf(message: unknown): Id {
  return isObject(message) && isId(message['id']) ? message['id'] : null;
}

export function isRequest(message: unknown): message is Request {
  return (
    isObject(message) &&
    message['jsonrpc'] === '2.0' &&
    typeof message['method'] === 'string' &&
    (message['id'] === undefined || isId(message['id']))
  );
}

/** Not what a well-formed reply is, but what claims to be one. */
export function isResponse(message: unknown): message is Response {
  return isObject(message) && ('result' in message || 'error' in message);
}
