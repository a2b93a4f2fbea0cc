/** Channels and streams in the core: opens those of an argument for its handler, sends an answer that yields. */
import { createChannelTable, createEnd, type ChannelTable, type End } from '../wire/channel.ts';
import { CorralError, notCloneable, quote, toWire } from '../wire/errors.ts';
import type { Link, Mended } from '../wire/link.ts';
import { place, takeLive, type Path } from '../wire/live.ts';
import { isObject, type Part, type Request } from '../wire/messages.ts';
import { pump, type Source } from '../wire/stream.ts';
import { gateFailure, handlerFailure, malformed, overloaded, report } from './failure.ts';
import { guard } from './guard.ts';
import { abort, type OpenCall } from './invoke.ts';
import type { DeclaredCommand, Kernel } from './kernel.ts';
import type { OpenResource } from './resource.ts';
import type { Session } from './session.ts';
import { validate, type Verdict } from './validate.ts';

/** A channel that came with an argument, until its schema takes it. */
export interface Arrival {
  readonly kind: 'stream' | 'channel';
  readonly end: End;
  /** From now on it does not end when its call is answered, but when what allowed that is revoked. Returns what to call when it closes. */
  keep(): () => void;
  /** Throws OVERLOADED for a message that is larger than what the core lets out. */
  measure(message: unknown): void;
}

/** What stands for a channel in an argument leads to it from here alone: nothing inside a message can pass for it. */
export const arrivals: WeakMap<object, Arrival> = new WeakMap();

export interface CoreChannels extends Pick<ChannelTable, 'lose' | 'refused'> {
  readonly size: number;
  /** The argument of a request, with its channels in their places. */
  arrive(request: Request, call: OpenCall): unknown;
  /** Settles the call with an answer that holds streams, and begins to send them. Throws OVERLOADED. */
  depart(call: OpenCall, answer: unknown, transfer: Transferable[] | undefined): void;
  /** What to post instead of an answer that could not be cloned; undefined if streams inside it are not the reason. */
  mend(call: OpenCall, answer: unknown, transfer: Transferable[]): Mended | undefined;
  /** Ends the channels and the streams of a call that is over, or those of that kind: on this side only if it failed, since its caller then does the same. */
  finish(call: OpenCall, failed: boolean, kind?: Arrival['kind']): void;
  receive(params: Record<string, unknown>): void;
  grant(params: Record<string, unknown>): void;
  /** Something came that its channel may not carry: it ends. */
  spoil(params: unknown, error: CorralError): void;
}

export function createCoreChannels(kernel: Kernel, session: Session, link: Link): CoreChannels {
  const table = createChannelTable(() => link);
  /** Those that outlive their call, unless it fails: then its caller has ended them too. */
  const kept = new WeakSet<End>();
  let lastId = 0;

  function newEnd(): End {
    const end = createEnd();
    end.onrefused = (error) => void report(kernel, error, { client: session.client });
    return end;
  }

  function room(what: 'channels' | 'resources', size: number): void {
    const allowed = kernel.limits[what];
    if (size > allowed) throw overloaded(what, allowed);
  }

  function find({ channel }: Record<string, unknown>): End | undefined {
    if (!Number.isSafeInteger(channel)) throw malformed('A channel has a number');
    // One that is unknown has ended a moment ago, or is not this client's: both are as if it had never been.
    return table.ends.get(channel as number);
  }

  /** It goes on after its call was answered, until what allowed that is revoked. Returns what to call when it has ended. */
  function last({ method, covers }: OpenCall, channel: number, end: End): () => void {
    const lasting = {
      method,
      covers,
      stop(error: CorralError) {
        link.send({ jsonrpc: '2.0', method: '$/channel', params: { channel, end: true, error: toWire(error) } });
        end.ended(error);
      },
    };
    session.lasting.add(lasting);
    return () => void session.lasting.delete(lasting);
  }

  function send(source: Source, end: End, channel: number, call: OpenCall): void {
    const { client } = session;
    const command = call.command as DeclaredCommand;
    const fault = (error: unknown): unknown => handlerFailure(kernel, command, client, error);
    let refusal: unknown;
    const accept = (item: unknown): unknown => {
      try {
        return acceptItem(kernel, command, item);
      } catch (error) {
        throw (refusal = error);
      }
    };
    const checked = command.yields !== undefined || kernel.limits.answerNodes < Infinity;
    let left = false;
    call.streams++;
    const over = last(call, channel, end);
    const oncancel = (): void => {
      left = true;
      leave(call);
    };
    // Its reader only reads.
    end.onarrival = () => end.size > 0 && end.stop();
    void pump(source, end, { accept: checked ? accept : undefined, oncancel, onfault: fault })
      .then(
        () => end.close(),
        async (error: unknown) => end.close(toWire(error === refusal ? gateFailure(kernel, command.name, error) : await handlerFailure(kernel, command, client, error))),
      )
      .then(() => {
        over();
        if (!left) call.streams--;
        if (call.streams === 0) finish(call, false);
      });
  }

  function keep(call: OpenCall, channel: number, end: End): () => void {
    if (end.closed) return () => {};
    kept.add(end);
    return last(call, channel, end);
  }

  /** Takes streams and resources out of an answer, which then moves `moved`. They begin once it has been sent, or are given up if nobody wants it. */
  function unload(call: OpenCall, answer: unknown, transfer: Transferable[]): { value: unknown; live: Part[]; moved: Transferable[]; begin(wanted: boolean): void } {
    const begins: ((wanted: boolean) => void)[] = [];
    let moved = [...transfer];
    let resources = 0;
    const begin = (wanted: boolean): void => begins.forEach((one) => one(wanted));

    function open(one: object, path: Path): Part | undefined {
      // The platform moves it whole, unless its items were to be judged.
      if (!call.command?.yields && moved.includes(one as never)) return undefined;
      if (call.carries === 'data') throw notCloneable('An answer in a batch', one, 'core', undefined);
      const openResource = (one as { '~open'?: OpenResource })['~open'];
      if (openResource) {
        room('resources', session.resources.size + 1);
        const { part, release } = openResource(kernel, session, path, call);
        moved.push(part.port);
        resources++;
        begins.push((wanted) => wanted || release());
        return part;
      }
      moved = moved.filter((other) => other !== one);
      const end = newEnd();
      const channel = --lastId;
      begins.push((wanted) => {
        if (wanted) table.open(channel, end);
        else end.ended(undefined);
        send(one as Source, end, channel, call);
      });
      room('channels', table.ends.size + begins.length - resources);
      // Its items go over the link, where nothing keeps them behind an answer that goes another way.
      if (call.carries !== 'all') throw notCloneable(`A stream, which a resource's method answered,`, one, 'core', undefined);
      return { path, channel, kind: 'stream' };
    }

    try {
      return { ...takeLive(answer, open), moved, begin };
    } catch (error) {
      begin(false);
      throw error;
    }
  }

  /** The answer's streams are wanted no more. A generator that waits for what its caller streams would wait for ever. */
  function leave(call: OpenCall): void {
    abort(call, 'AbortError');
    if (--call.streams > 0) return;
    for (const end of call.ends?.keys() ?? []) if (!kept.has(end)) end.stop(call.reason);
  }

  function finish({ ends, reason }: OpenCall, failed: boolean, only?: Arrival['kind']): void {
    for (const [end, kind] of ends ?? []) {
      if (end.closed || (only && only !== kind)) continue;
      const over = reason ?? new DOMException('The call is over.', 'AbortError');
      if (failed) end.ended(over);
      else if (!kept.has(end)) {
        end.drain();
        // What was read of a stream is not all of it.
        end.close(undefined, kind === 'stream' ? over : undefined);
      }
    }
  }

  return {
    lose: table.lose,
    refused: table.refused,
    finish,
    get size() {
      return table.ends.size;
    },

    arrive({ params, live }, call) {
      if (!Array.isArray(live)) throw malformed('`live` is a list');
      room('channels', table.ends.size + live.length);
      let root = params;
      for (const part of live as unknown[]) {
        const { path, channel, kind } = Object(part) as Record<string, unknown>;
        if (!Array.isArray(path) || !Number.isSafeInteger(channel) || !((channel as number) > 0) || table.ends.has(channel as number) || (kind !== 'stream' && kind !== 'channel')) {
          throw malformed('A part of `live` has { path, channel, kind }, and a number of its own');
        }
        const end = newEnd();
        table.open(channel as number, end);
        (call.ends ??= new Map()).set(end, kind);
        const token = Object.freeze({});
        arrivals.set(token, { kind, end, keep: () => keep(call, channel as number, end), measure: (message) => measure(kernel, message, 'A message of a channel') });
        try {
          root = place(root, path, token);
        } catch {
          throw malformed('A `path` in `live` leads nowhere');
        }
      }
      return root;
    },

    depart(call, answer, transfer = []) {
      const { value, live, moved, begin } = unload(call, answer, transfer);
      const sent = session.settle(call, undefined, value, moved, live);
      begin(sent && call.reason === undefined);
    },

    mend(call, answer, transfer) {
      const { value, live, moved, begin } = unload(call, answer, transfer);
      if (live.length === 0) return undefined;
      return { message: { jsonrpc: '2.0', id: call.id, result: value, live }, transfer: moved, posted: () => begin(true) };
    },

    receive(params) {
      const end = find(params);
      const { items, end: over, error } = params;
      if (over) end?.ended(error && new DOMException(`The client's stream failed: ${String(Object(error)['message']).slice(0, 1000)}`, 'AbortError'));
      else if (!Array.isArray(items)) throw malformed('`$/channel` takes { channel, items } or { channel, end }');
      else if (end && !end.receive(items)) throw malformed('A channel was sent more than its credit');
    },

    grant(params) {
      const end = find(params);
      const { credit } = params;
      if (!Number.isSafeInteger(credit) || !((credit as number) > 0)) throw malformed('`$/credit` takes { channel, credit }');
      end?.grant(credit as number);
    },

    spoil(params, error) {
      const channel = isObject(params) ? table.ends.get(params['channel'] as number) : undefined;
      channel?.close(toWire(error), error);
    },
  };
}

/** An item as it may leave the core; throws what keeps it back. */
function acceptItem(kernel: Kernel, command: DeclaredCommand, item: unknown): unknown {
  measure(kernel, item, 'An item of the answer');
  if (!command.yields) return item;
  const judged = (verdict: Verdict): unknown => {
    if (!verdict.issues) return verdict.value;
    throw new CorralError('INVALID_RESULT', `${quote(command.name)} yielded what does not match \`yields\`.`, { command: command.name }, 'core', verdict.issues);
  };
  const verdict = validate(command.yields, item);
  return verdict instanceof Promise ? verdict.then(judged) : judged(verdict);
}

function measure({ limits }: Kernel, value: unknown, what: string): void {
  if (limits.answerNodes < Infinity) guard(value, { ...limits, nodes: limits.answerNodes }, what);
}
