/** The core's record of one client: who it is, what it has open, and where each of its messages goes. */
import { CorralError, NUMBERS, quote, toWire } from '../wire/errors.ts';
import { detached, openLink, type Link, type Port } from '../wire/link.ts';
import { FRAME_LENGTH, idOf, isObject, isRequest, isResponse, type Id, type Part, type Request } from '../wire/messages.ts';
import { randomName } from '../wire/random.ts';
import type { Identity } from './authority.ts';
import { receiveBatch } from './batch.ts';
import { createCoreChannels, type CoreChannels } from './channel.ts';
import type { Caller } from './declare/command.ts';
import { emitFor, inPlace } from './events.ts';
import { gateFailure, malformed, overloaded, setupFailed } from './failure.ts';
import { countFrame, guard } from './guard.ts';
import { judgeHello, watch, welcome } from './hello.ts';
import { dismiss, invite } from './invite.ts';
import { abort, answer, type OpenCall, type Respond } from './invoke.ts';
import type { Kernel } from './kernel.ts';
import { createBucket } from './rate.ts';
import { CALL, refuse as mend } from './refused.ts';

export interface Session extends Pick<Link, 'tell'> {
  /** How it came; `who` is the label that it bears on top of that. */
  readonly identity: Identity;
  who: Identity;
  client: Caller;
  readonly inviter: Session | undefined;
  /** Those that it invited. They end with it. */
  readonly guests: Set<Session>;
  /** It has said hello, and not goodbye. */
  joined: boolean;
  /** It hears the bus, and was told to wait there for this event; undefined while it is fed over its link. */
  onBus: number | undefined;
  /** The bus that it was told of; none for who may not hear everything. */
  bus: string | undefined;
  /** Not answered yet. A notification, and a call whose id is null, have a key of their own. */
  readonly calls: Map<Id | symbol, OpenCall>;
  /** The events it listens to, by the client's own numbers for its listeners. */
  readonly listening: Map<unknown, string>;
  /** Handlers, schemas of emits: what runs for this client, also after its caller gave it up. */
  running: number;
  readonly channels: CoreChannels;
  /** What goes on after its call was answered, a stream or a resource: by the command that gave it, so that it can be taken back. */
  readonly lasting: Set<Pick<OpenCall, 'method' | 'covers'> & { stop(error: CorralError): void }>;
  /** What releases each resource that it holds. */
  readonly resources: Map<number, () => void>;
  send: Link['send'];
  /** Answers a call. What comes after the first answer, or after the client has gone, is dropped; returns whether it was not. */
  settle(call: OpenCall, error?: CorralError, result?: unknown, transfer?: Transferable[], live?: Part[]): boolean;
  /** Answers a call that is not allowed any more, and aborts it. */
  stop(call: OpenCall, error: CorralError): void;
  /** Counts a broken rule against the client. */
  violation(): void;
  /** Ends what the client has open, and tells it why if there is a reason. `forGood`: its link is not listened to any more. */
  end(reason?: string, forGood?: boolean, error?: CorralError): void;
}

/**
 * Admits a port to the core. Who speaks there is settled here, once. `closable` is true for a port that serves this
 * client alone; a dedicated worker's own scope stays open for the next hello.
 */
export function openSession(kernel: Kernel, port: Port, identity: Identity, closable: boolean, inviter?: Session): Session {
  // Nobody can say whose call could not be deserialized, so the client has to begin anew.
  const garbled = (): void => (count(), end('garbled'));
  const link = openLink(port, { receive, refused: (...refused) => mend(kernel, session, ...refused), garbled, before: () => session.onBus !== undefined && kernel.events.flush(), side: 'core', label: identity.owner ? undefined : identity.label });
  const send: Link['send'] = (message, transfer, alone) => link.send(inPlace(kernel, session, message), transfer, alone);
  const calls = new Map<Id | symbol, OpenCall>();
  const listening = new Map<unknown, string>();
  const guests = new Set<Session>();
  const about = { identity, who: identity, client: newClient(identity.label), inviter, joined: false, onBus: undefined, bus: undefined, running: 0 };
  const open = { guests, calls, listening, lasting: new Set<never>(), resources: new Map(), channels: undefined as never };
  const session: Session = { ...about, ...open, send, tell: link.tell, settle, stop, violation: count, end };
  const channels = ((session as { channels: CoreChannels }).channels = createCoreChannels(kernel, session, link));
  const spend = createBucket(kernel.limits, () => closable && end('rate'));
  let helloId: Id | undefined;
  let life: ReturnType<typeof watch> | undefined;
  let waiting = 0;
  let violations = 0;
  /** Counts the goodbyes: nothing runs that came before one, and was not judged yet. */
  let era = 0;
  kernel.sessions.add(session);
  return session;

  function newClient(label: string): Caller {
    return Object.freeze({ id: randomName(), label, emit: (event: string, payload?: unknown) => kernel.events.emit(event, payload, session) });
  }

  function receive(data: unknown, ports: readonly MessagePort[]): void {
    life?.alive();
    if (kernel.state === 'starting') {
      // Before setup is over nothing is judged. Order is kept, because these continuations run in order.
      if (++waiting > kernel.limits.calls) return refuse(idOf(data), overloaded('calls', kernel.limits.calls));
      const then = era;
      return void kernel.ready?.then(() => then === era && receive(data, ports));
    }
    const unclaimed = ports.length > 0 ? new Set<unknown>(ports) : undefined;
    if (!Array.isArray(data)) receiveOne(data, send, unclaimed);
    else if (data.length > FRAME_LENGTH) refuse(null, overloaded('messages in a frame', FRAME_LENGTH));
    else countFrame(() => (link.framed ? receiveFrame(data, unclaimed) : batched(data, unclaimed)));
    if (!unclaimed?.size) return;
    for (const stray of unclaimed) (stray as MessagePort).close();
    violation('A port came that no argument holds');
  }

  function receiveFrame(frame: unknown[], ports?: Set<unknown>): void {
    const started = performance.now();
    const then = era;
    for (let index = 0; index < frame.length && then === era; index++) {
      receiveOne(frame[index], send, ports);
      // Answers are not held back for slow neighbours.
      if (index % 64 === 63 && performance.now() - started > 8) link.flush();
    }
  }

  function batched(batch: unknown[], ports?: Set<unknown>): void {
    if (batch.length === 0) return violation('A batch holds at least one message');
    const then = era;
    const receive = (message: unknown, respond: Respond): void => void (then === era && receiveOne(message, respond, ports));
    receiveBatch(batch, receive, (replies) => {
      if (then !== era) return;
      if (link.framed) for (const reply of replies) send(reply);
      else send(replies);
    });
  }

  function receiveOne(message: unknown, respond: Respond, ports?: Set<unknown>): void {
    if (!isRequest(message)) return receiveOther(message, respond);
    const { id, method } = message;
    if (spend?.() === false) return refuse(id, overloaded('rate', kernel.limits.rate), respond);
    if (method.startsWith('$')) return void receiveReserved(message, respond, ports);
    if (kernel.state === 'failed') return refuse(id, setupFailed(kernel), respond);
    const key = id ?? Symbol();
    // Answering under the id would settle the first call, so the objection goes without one.
    if (calls.has(key)) return violation(`The id ${quote(String(id))} belongs to a call that is open`, respond);
    if (session.running >= kernel.limits.calls) return refuse(id, overloaded('calls', kernel.limits.calls), respond);
    const call: OpenCall = { id, key, respond, method, controller: undefined, reason: undefined, covers: undefined, carries: respond === send ? 'all' : 'data', command: undefined, ends: undefined, streams: 0 };
    calls.set(key, call);
    void answer(kernel, session, message, call, ports);
  }

  function settle(call: OpenCall, error?: CorralError, result?: unknown, transfer?: Transferable[], live?: Part[]): boolean {
    const { id, key, respond } = call;
    if (calls.get(key) !== call) return false;
    calls.delete(key);
    // Everything sent before an answer arrives before it; while a stream of the answer runs, one too that is seen only when it cannot be cloned, the call is not over.
    const over = call.ends && !live?.some((part) => 'channel' in part);
    if (over) channels.finish(call, error !== undefined, 'channel');
    if (error) refuse(id, error, respond);
    else if (live) respond({ jsonrpc: '2.0', id, result, live, [CALL]: call }, transfer, true);
    else if (id !== undefined) {
      const own = detached(result);
      // A stock client takes an absent result for no answer at all.
      const reply = { jsonrpc: '2.0', id, result: (own ? own.value : result) ?? (link.framed ? result : null) };
      // What is flat has nothing live in it that might be found when it is refused.
      respond(own ? reply : { ...reply, [CALL]: call }, transfer, !own);
    }
    if (over && call.streams === 0) channels.finish(call, error !== undefined);
    return true;
  }

  /** Not a request: an answer to our ping, or a violation. A response is never responded to. */
  function receiveOther(message: unknown, respond: Respond): void {
    // Chromium hands a worker `null` for what nests too deep for its stack: nobody can say whose call it was.
    if (message === null) violation('Nothing came that can be read', respond, null, undefined, { garbled: true });
    else if (typeof message === 'string') violation('Text is not parsed here', respond, null, PARSE_ERROR);
    else if (!isResponse(message)) violation('This is no request', respond, idOf(message));
    else if (message.id !== PING) count();
  }

  async function receiveReserved({ method, id, params }: Request, respond: Respond, ports?: Set<unknown>): Promise<void> {
    session.running++;
    let then = era;
    try {
      guard(params, kernel.limits, `What ${quote(method)} carries`, method === '$/channel' ? ports : undefined);
      let result = perform(method, id, isObject(params) ? params : {}, ports);
      then = era;
      if (result instanceof Promise) result = await result;
      // Ids begin anew with the next client of a worker: an answer that comes too late would be taken for another's.
      if (then !== era) return;
      if (id !== undefined) respond({ jsonrpc: '2.0', id, result: result ?? null });
      if (!session.joined || link.framed) return;
      // What was said before hello goes as it would have gone without it.
      link.flush();
      link.framed = true;
    } catch (error) {
      let failure = gateFailure(kernel, method, error);
      if (/^(MALFORMED|COMMAND)_/.test(failure.code)) count();
      if (method === '$/channel') channels.spoil(params, failure);
      // The guard's word for what no schema should meet; here it was an event that carried it.
      if (failure.code === 'INVALID_ARGUMENTS') {
        const { event } = params as { event?: unknown };
        failure = new CorralError('INVALID_PAYLOAD', failure.message, { event: typeof event === 'string' ? event.slice(0, 80) : method, ...(failure.details as { issues: [] }) });
      }
      if (then === era) refuse(id, failure, respond);
    } finally {
      session.running--;
    }
  }

  /** What the reserved methods do. */
  function perform(method: string, id: Id | undefined, params: Record<string, unknown>, ports?: Set<unknown>): unknown {
    switch (method) {
      case '$/hello':
        return hello(id, params);
      case '$/cancelRequest':
        return cancel(params['id'] as Id, params['reason'] === 'timeout');
      case '$/listen':
        return kernel.events.register(session, params);
      case '$/unlisten':
        return kernel.events.unregister(session, params);
      case '$/join':
        return kernel.events.join(session, params);
      case '$/emit':
        if (session.running > kernel.limits.calls) throw overloaded('calls', kernel.limits.calls);
        return emitFor(kernel, session, params);
      case '$/channel':
        return channels.receive(params);
      case '$/credit':
        return channels.grant(params);
      case '$/ping':
        return null;
      case '$/invite':
        return invite(kernel, session, params, ports, (port, guest) => openSession(kernel, port, guest, true, session));
      case '$/bye':
        return 'link' in params ? dismiss(session, params['link']) : end();
      default:
        throw new CorralError('COMMAND_NOT_FOUND', `The protocol has no ${quote(method)}.`, { command: method.slice(0, 80) });
    }
  }

  function hello(id: Id | undefined, params: Record<string, unknown>): unknown {
    if (id === undefined || (helloId ?? id) !== id) throw malformed('A port has one client, which says hello once, as a call: share its connection, or `invite` another');
    // Said again, in case the first one was lost.
    if (helloId !== undefined) return welcome(kernel, session);
    const who = judgeHello(kernel, session, params);
    // A guest may be of another origin, whose locks are others: there a held one looks free.
    life = watch(inviter ? undefined : params['lock'], () => send({ jsonrpc: '2.0', id: PING, method: '$/ping' }), () => end('silent'));
    helloId = id;
    session.joined = true;
    session.who = who;
    session.bus = kernel.authority.isFree(who) ? kernel.busName : undefined;
    session.client = newClient(who.label);
    kernel.events.announce('corral:client-joined', { id: session.client.id, label: who.label });
    return welcome(kernel, session);
  }

  /** Cancelling what was answered meanwhile, or never asked, is harmless. */
  function cancel(id: Id, timedOut: boolean): void {
    const call = calls.get(id);
    if (call) stop(call, new CorralError('CANCELLED', 'The caller cancelled the call.', undefined), timedOut ? 'TimeoutError' : 'AbortError');
  }

  function stop(call: OpenCall, error: CorralError, name: 'AbortError' | 'TimeoutError' = 'AbortError'): void {
    settle(call, error);
    abort(call, name);
  }

  function end(reason?: string, forGood = closable, error?: CorralError): void {
    const { joined, client } = session;
    const aborted = [...calls.values()];
    era++;
    life?.stop();
    life = helloId = undefined;
    session.joined = false;
    session.onBus = session.bus = undefined;
    session.who = identity;
    calls.clear();
    listening.clear();
    if (reason) send({ jsonrpc: '2.0', method: '$/bye', params: error ? { reason, error: toWire(error) } : { reason } });
    link.flush();
    link.framed = false;
    if (forGood) {
      link.close(closable);
      kernel.sessions.delete(session);
    }
    for (const call of aborted) abort(call, 'AbortError');
    for (const guest of guests) guest.end('closed');
    inviter?.guests.delete(session);
    for (const release of session.resources.values()) release();
    channels.lose(new DOMException('The client has gone.', 'AbortError'));
    if (joined) kernel.events.announce('corral:client-left', { id: client.id, label: client.label });
  }

  function refuse(id: Id | undefined, error: CorralError, respond: Respond = send): void {
    if (id !== undefined) respond({ jsonrpc: '2.0', id, error: toWire(error) });
  }

  function violation(what: string, respond: Respond = send, id: Id = null, code = NUMBERS.MALFORMED_MESSAGE as number, details?: { garbled: true }): void {
    respond({ jsonrpc: '2.0', id, error: { ...toWire(malformed(what, details)), code } });
    count();
  }

  /** A client that goes on breaking the protocol is sent away: closing its port is the only defence against a flood. */
  function count(): void {
    kernel.violations++;
    if (++violations > kernel.limits.violations && closable) end('violations');
  }
}

const PING = 'ping';
/** JSON-RPC's code for what is no message at all. */
const PARSE_ERROR = -32700;
