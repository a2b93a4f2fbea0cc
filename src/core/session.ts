/** The core's record of one client: who it is, what it has open, and where each of its messages goes. */
import { CorralError, NUMBERS, quote, toWire } from '../wire/errors.ts';
import { detached, openLink, type Link, type Port } from '../wire/link.ts';
import { FRAME_LENGTH, idOf, isObject, isRequest, isResponse, type Id, type Part, type Request } from '../wire/messages.ts';
import { randomName } from '../wire/random.ts';
import type { Identity } from './authority.ts';
import { createCoreChannels, type CoreChannels } from './channel.ts';
import type { Caller } from './declare/command.ts';
import { emitFor } from './events.ts';
import { gateFailure, malformed, overloaded, setupFailed } from './failure.ts';
import { countFrame, guard } from './guard.ts';
import { judgeHello, watch, welcome } from './hello.ts';
import { abort, answer, type OpenCall, type Respond } from './invoke.ts';
import type { Kernel } from './kernel.ts';
import { CALL, refuse as mend } from './refused.ts';

export interface Session {
  readonly identity: Identity;
  client: Caller;
  /** It has said hello, and not goodbye. */
  joined: boolean;
  /** It hears the bus: what is meant for everyone need not go over its link. */
  onBus: boolean;
  /** Not answered yet. A notification, and a call whose id is null, have a key of their own. */
  readonly calls: Map<Id | symbol, OpenCall>;
  /** The events it listens to, by the client's own numbers for its listeners. */
  readonly listening: Map<unknown, string>;
  /** Handlers, schemas of emits: what runs for this client, also after its caller gave it up. */
  running: number;
  readonly channels: CoreChannels;
  /** What releases each resource that it holds. */
  readonly resources: Map<number, () => void>;
  send: Link['send'];
  /** Answers a call. What comes after the first answer, or after the client has gone, is dropped; returns whether it was not. */
  settle(call: OpenCall, error?: CorralError, result?: unknown, transfer?: Transferable[], live?: Part[]): boolean;
  /** Counts a broken rule against the client. */
  violation(): void;
  /** Ends what the client has open, and tells it why if there is a reason. `forGood`: its link is not listened to any more. */
  end(reason?: string, forGood?: boolean): void;
}

/**
 * Admits a port to the core. Who speaks there is settled here, once. `closable` is true for a port that serves this
 * client alone; a dedicated worker's own scope stays open for the next hello.
 */
export function openSession(kernel: Kernel, port: Port, identity: Identity, closable: boolean): Session {
  const link = openLink(port, { receive, refused: (...refused) => mend(kernel, session, ...refused), garbled });
  const { send } = link;
  const calls = new Map<Id | symbol, OpenCall>();
  const listening = new Map<unknown, string>();
  const session: Session = { identity, client: newClient('main'), joined: false, onBus: false, calls, listening, running: 0, channels: undefined as never, resources: new Map(), send, settle, violation: count, end };
  const channels = ((session as { channels: CoreChannels }).channels = createCoreChannels(kernel, session, link));
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
    else countFrame(() => (link.framed ? receiveFrame(data, unclaimed) : receiveBatch(data, unclaimed)));
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

  /** A batch as JSON-RPC 2.0 has it: answered by one array when all is done, by nothing if it held only notifications. */
  function receiveBatch(batch: unknown[], ports?: Set<unknown>): void {
    if (batch.length === 0) return violation('A batch holds at least one message');
    const answers: object[] = [];
    let open = batch.length;
    const then = era;
    const done = (reply?: object): void => {
      if (reply) answers.push(reply);
      if (--open > 0 || answers.length === 0 || then !== era) return;
      if (link.framed) for (const answer of answers) send(answer);
      else send(answers);
    };
    for (const message of batch) {
      if (then !== era) return;
      receiveOne(message, done, ports);
      if (isRequest(message) ? message.id === undefined : isResponse(message)) done();
    }
  }

  function receiveOne(message: unknown, respond: Respond, ports?: Set<unknown>): void {
    if (!isRequest(message)) return receiveOther(message, respond);
    const { id, method } = message;
    if (method.startsWith('$')) return void receiveReserved(message, respond, ports);
    if (kernel.state === 'failed') return refuse(id, setupFailed(kernel), respond);
    const key = id ?? Symbol();
    // Answering under the id would settle the first call, so the objection goes without one.
    if (calls.has(key)) return violation(`The id ${quote(String(id))} belongs to a call that is open`, respond);
    if (session.running >= kernel.limits.calls) return refuse(id, overloaded('calls', kernel.limits.calls), respond);
    const call: OpenCall = { id, key, respond, controller: undefined, reason: undefined, carries: respond === send ? 'all' : 'data', command: undefined, ends: undefined, streams: 0 };
    calls.set(key, call);
    void answer(kernel, session, message, call, ports);
  }

  function settle(call: OpenCall, error?: CorralError, result?: unknown, transfer?: Transferable[], live?: Part[]): boolean {
    const { id, key, respond } = call;
    if (calls.get(key) !== call) return false;
    calls.delete(key);
    // Everything sent before an answer arrives before it; while a stream of the answer runs, the call is not over.
    if (call.ends && !live?.some((part) => 'channel' in part)) channels.finish(call, error !== undefined);
    if (error) refuse(id, error, respond);
    else if (live) respond({ jsonrpc: '2.0', id, result, live, [CALL]: call }, transfer, true);
    else if (id !== undefined) {
      const own = detached(result);
      const value = own ? own.value : result;
      // A stock client takes an absent result for no answer at all.
      respond({ jsonrpc: '2.0', id, result: link.framed ? value : (value ?? null), [CALL]: call }, transfer, !own);
    }
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
      let result = perform(method, id, isObject(params) ? params : {});
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
  function perform(method: string, id: Id | undefined, params: Record<string, unknown>): unknown {
    switch (method) {
      case '$/hello':
        return hello(id, params);
      case '$/cancelRequest':
        return cancel(params['id'] as Id, params['reason'] === 'timeout');
      case '$/listen':
        return kernel.events.register(session, params);
      case '$/unlisten':
        return kernel.events.unregister(session, params);
      case '$/emit':
        if (session.running > kernel.limits.calls) throw overloaded('calls', kernel.limits.calls);
        return emitFor(kernel, session, params);
      case '$/channel':
        return channels.receive(params);
      case '$/credit':
        return channels.grant(params);
      case '$/ping':
        return null;
      case '$/bye':
        return end();
      default:
        throw new CorralError('COMMAND_NOT_FOUND', `The protocol has no ${quote(method)}.`, { command: method.slice(0, 80) });
    }
  }

  function hello(id: Id | undefined, params: Record<string, unknown>): unknown {
    if (id === undefined || (helloId ?? id) !== id) throw malformed('A client says hello once, as a call');
    // Said again, in case the first one was lost.
    if (helloId !== undefined) return welcome(kernel, session);
    const label = judgeHello(kernel, params);
    life = watch(params['lock'], () => send({ jsonrpc: '2.0', id: PING, method: '$/ping' }), () => end('silent'));
    helloId = id;
    session.joined = true;
    session.client = newClient(label);
    kernel.events.announce('corral:client-joined', { id: session.client.id, label });
    return welcome(kernel, session);
  }

  /** Cancelling what was answered meanwhile, or never asked, is harmless. */
  function cancel(id: Id, timedOut: boolean): void {
    const call = calls.get(id);
    if (!call) return;
    settle(call, new CorralError('CANCELLED', 'The caller cancelled the call.', undefined));
    abort(call, timedOut ? 'TimeoutError' : 'AbortError');
  }

  function end(reason?: string, forGood = closable): void {
    const { joined, client } = session;
    const open = [...calls.values()];
    era++;
    life?.stop();
    life = helloId = undefined;
    session.joined = session.onBus = false;
    calls.clear();
    listening.clear();
    if (reason) send({ jsonrpc: '2.0', method: '$/bye', params: { reason } });
    link.flush();
    link.framed = false;
    if (forGood) {
      link.close(closable);
      kernel.sessions.delete(session);
    }
    for (const call of open) abort(call, 'AbortError');
    for (const release of session.resources.values()) release();
    channels.lose(new DOMException('The client has gone.', 'AbortError'));
    if (joined) kernel.events.announce('corral:client-left', { id: client.id, label: client.label });
  }

  function refuse(id: Id | undefined, error: CorralError, respond: Respond = send): void {
    if (id !== undefined) respond({ jsonrpc: '2.0', id, error: toWire(error) });
  }

  /** Nobody can say whose call could not be deserialized, so the client has to begin anew. */
  function garbled(): void {
    count();
    end('garbled');
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
