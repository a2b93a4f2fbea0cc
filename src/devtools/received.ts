/** Reads what another realm sent as a capture: of whatever it holds, what this realm could have captured itself, copied within the same bounds. */
import { LONGEST, PARTS, type Capture, type CapturedError, type CapturedPart } from './capture.ts';
import { cut, PICTURE, type Branch, type Leaf, type Picture } from './snapshot.ts';

type Loose = Record<string, unknown>;

const KINDS: ReadonlySet<unknown> = new Set(['opened', 'closed', 'sent', 'uncloneable', 'received', 'garbled', 'released', 'decided', 'granted', 'revoked']);
/** As ECMAScript has it: what a Date can be. */
const LAST_TIME = 8.64e15;

/** Undefined if it is none. Never throws, and takes no longer than its bounds let it, since it looks at nothing beyond them. */
export function readCapture(value: unknown): Capture | undefined {
  const { kind, link, at, size, exact, resource, side, label, id, method, params, result, error, headers, live, other, cause } = Object(value) as Loose;
  if (!KINDS.has(kind) || !Number.isSafeInteger(link) || !(Math.abs(Number.isFinite(at) ? (at as number) : Infinity) <= LAST_TIME)) return undefined;
  let weight = 0;
  let nodes = 0;

  function text(one: unknown, most: number): string {
    const kept = typeof one === 'string' ? cut(one, most) : '';
    weight += 24 + 2 * kept.length;
    return kept;
  }

  function picture(one: unknown, level = 0): Picture {
    nodes++;
    weight += 24;
    if (one === null || typeof one === 'number' || typeof one === 'boolean') return one;
    if (typeof one === 'string') return one.length > PICTURE.text ? { is: 'text', text: text(one, PICTURE.text), length: one.length } : text(one, PICTURE.text);
    const { is, name, text: said, length, keys, values, more } = Object(one) as Loose;
    weight += 80;
    // What it is only chooses brackets and words.
    const what = text(is, 9);
    if (!Array.isArray(values)) {
      const kept = text(typeof said === 'string' ? said : 'unreadable', PICTURE.text);
      return { is: what as Leaf['is'], text: kept, ...(length !== undefined && { length: Math.max(countFrom(length), what === 'text' ? kept.length : 0) }) };
    }
    const parts: Picture[] = [];
    const keyed: Picture[] = [];
    for (let index = 0; level < PICTURE.depth && nodes < PICTURE.nodes && index < Math.min(values.length, PICTURE.breadth); index++) {
      if (Array.isArray(keys)) keyed.push(picture(keys[index], level + 1));
      parts.push(picture(values[index], level + 1));
    }
    const left = countFrom(more) + values.length - parts.length;
    return { is: what as Branch['is'], ...(name !== undefined && { name: text(name, 60) }), ...(Array.isArray(keys) && { keys: keyed }), values: parts, more: left };
  }

  function readError(one: unknown): CapturedError {
    const { code, number, message, details } = Object(one) as Loose;
    return {
      code: text(code, LONGEST.code),
      number: typeof number === 'number' ? number : undefined,
      message: text(message, LONGEST.message),
      ...(details !== undefined && { details: picture(details) }),
    };
  }

  function readPart(one: unknown): CapturedPart {
    const { path, channel, kind: what, resource: held, methods } = Object(one) as Loose;
    return {
      path: text(path, LONGEST.path),
      ...(typeof channel === 'number' && { channel, kind: what === 'channel' ? 'channel' : 'stream' }),
      ...(typeof held === 'number' && { resource: held }),
      ...(Array.isArray(methods) && { methods: Array.from(methods.slice(0, PARTS), (name) => text(name, LONGEST.name)) }),
    };
  }

  const read: Omit<Capture, 'weight'> = {
    kind: kind as Capture['kind'],
    link: link as number,
    at: at as number,
    size: countFrom(size),
    exact: exact === true,
    ...(typeof resource === 'number' && { resource }),
    ...(side !== undefined && { side: text(side, 9) as NonNullable<Capture['side']> }),
    ...(label !== undefined && { label: text(label, LONGEST.name) }),
    ...((id === null || typeof id === 'number' || typeof id === 'string') && { id: typeof id === 'string' ? text(id, LONGEST.id) : id }),
    ...(typeof method === 'string' && { method: text(method, LONGEST.name) }),
    ...(params !== undefined && { params: picture(params) }),
    ...(error !== undefined && { error: readError(error) }),
    ...(result !== undefined && { result: picture(result) }),
    ...(headers !== undefined && { headers: picture(headers) }),
    ...(Array.isArray(live) && { live: Array.from(live.slice(0, PARTS), readPart) }),
    ...(other !== undefined && { other: picture(other) }),
    ...(cause !== undefined && { cause: text(cause, LONGEST.cause) }),
  };
  return { ...read, weight };
}

/** What it says it has so many of; nothing, if that cannot be. */
export function countFrom(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.max(value as number, 0) : 0;
}
