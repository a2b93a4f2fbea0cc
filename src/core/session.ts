/** The core's record of one client: who it is, what it has open, and where each of its messages goes. */
import { CorralError, malformed, notCloneable, quote, toWire } from '../wire/errors.ts';
import { openLink, type Link, type Port } from '../wire/link.ts';
import { FRAME_LENGTH, idOf, isObject, isRequest, isResponse, PROTOCOL, type Id, type Request } from '../wire/messages.ts';
import type { Identity } from './authority.ts';
import type { Caller } from './declare/command.ts';
import { createHearing, emitFor } from './events.ts';
import { gateFailure, overloaded, report, setupFailed } from './failure.ts';
import { judgeHello, watch, welcome } from './hello.ts';
import { answer, checkSize, type OpenCall } from './invoke.ts';
import type { Kernel } from './kernel.ts';

export interface Session {
  readonly identity: Identity;
  readonly client: Caller;
  /** It has said hello. */
  readonly joined: boolean;
  /** It hears the bus: what is meant for everyone need not go over its link. */
  readonly onBus: boolean;
  readonly calls: number;
  readonly listeners: number;
  hears(event: string): boolean;
  send(message: object): void;
  /** Ends what the client has open, and tells it why if there is a reason. `keep` leaves the link for another hello. */
  end(reason?: string, keep?: boolean): void;
}

type Respond = (reply: object, transfer?: Transferable[]) => void;

/**
 * Admits a port to the core. Who speaks there is settled here, once. `closable` is true for a port that serves this
 * client alone; a dedicated worker's own scope stays open for the next hello.
 */
export function openSession(kernel: Kernel, port: Port, identity: Identity, closable: boolean): Session {
  const link: Link = openLink(port, { receive, refused, garbled });
  const send: Respond = (reply, transfer) => link.send(reply, transfer);
  const calls = new Map<Id | symbol, OpenCall>();
  const hearing = createHearing(kernel, identity);
  let helloId: Id | undefined;
  let life: ReturnType<typeof watch> | undefined;
  let client = newClient('main');
  let waiting = 0;
  let violations = 0;

  function newClient(label: string): Caller {
    return Object.freeze({
      id: crypto.randomUUID(),
      label,
      emit: (event: string, payload?: unknown) => kernel.events.emit(event, payload, session),
    });
  }

  const session: Session = {
    identity,
    get client() {
      return client;
    },
    get joined() {
      return helloId !== undefined;
    },
    get onBus() {
      return hearing.onBus;
    },
    get calls() {
      return calls.size;
    },
    get listeners() {
      return hearing.count;
    },
    hears: hearing.hears,
    send,
    end,
  };
  kernel.sessions.add(session);
  return session;

  function receive(data: unknown, ports: readonly MessagePort[]): void {
    life?.alive();
    if (kernel.state === 'starting') return wait(data, ports);
    if (ports.length > 0 && !carries(data, ports)) {
      for (const stray of ports) stray.close();
      violation('A port was sent that no argument holds', null);
    }
    if (!Array.isArray(data)) return receiveOne(data, send);
    if (data.length > FRAME_LENGTH) return refuse(null, overloaded('frame length', FRAME_LENGTH));
    if (!link.framed) return receiveBatch(data);
    const started = performance.now();
    for (let index = 0; index < data.length; index++) {
      receiveOne(data[index], send);
      // Answers are not held back for slow neighbours.
      if (index % 64 === 63 && performance.now() - started > 8) link.flush();
    }
  }

  /** Before setup is over nothing is judged. Order is kept, because these continuations run in order. */
  function wait(data: unknown, ports: readonly MessagePort[]): void {
    if (++waiting > kernel.limits.calls) return refuse(idOf(data), overloaded('calls', kernel.limits.calls));
    void kernel.ready?.then(() => {
      waiting--;
      receive(data, ports);
    });
  }

  /** A batch as JSON-RPC 2.0 has it: answered by one array when all is done, by nothing if it held only notifications. */
  function receiveBatch(batch: unknown[]): void {
    if (batch.length === 0) return violation('A batch holds at least one message', null);
    const answers: object[] = [];
    let open = batch.length;
    const done = (): void => {
      if (--open === 0 && answers.length > 0) link.send(answers);
    };
    for (const message of batch) {
      const notification = isRequest(message) && message.id === undefined;
      receiveOne(message, (reply) => {
        answers.push(reply);
        done();
      });
      if (notification) done();
    }
  }

  function receiveOne(message: unknown, respond: Respond): void {
    if (!isRequest(message)) return receiveOther(message, respond);
    if (message.method.startsWith('$')) return receiveReserved(message, respond);
    const { id } = message;
    if (kernel.state === 'failed') return refuse(id, setupFailed(kernel), respond);
    // A notification has no id and `null` may stand for many calls; both are kept under a key of their own.
    const key = id ?? Symbol();
    // Answering under the id would settle the first call, so the objection goes without one.
    if (calls.has(key)) return violation(`The id ${quote(String(id))} belongs to a call that has not been answered`, null, respond);
    if (calls.size >= kernel.limits.calls) return refuse(id, overloaded('calls', kernel.limits.calls), respond);

    const call: OpenCall = {
      /** Whatever comes after the first settling, or after the client has gone, is dropped. */
      settle(error, result, transfer) {
        if (calls.get(key) !== call) return;
        calls.delete(key);
        if (id === undefined) return;
        if (error) return refuse(id, error, respond);
        // A stock client takes an absent result for no answer at all.
        respond({ jsonrpc: '2.0', id, result: result === undefined && !link.framed ? null : result }, transfer);
      },
    };
    calls.set(key, call);
    answer(kernel, session, message, call);
  }

  /** Not a request: an answer to our ping, or a violation. A response is never responded to. */
  function receiveOther(message: unknown, respond: Respond): void {
    if (isResponse(message) && ('result' in message || 'error' in message)) {
      if (message.id !== 0) count();
    } else if (typeof message === 'string') violation('Text is not parsed here', null, respond, -32700);
    else violation('A message is not a request', idOf(message), respond);
  }

  function receiveReserved(request: Request, respond: Respond): void {
    const { method, id } = request;
    const params = isObject(request.params) ? request.params : {};
    const reply = (result: unknown): void => {
      if (id !== undefined) respond({ jsonrpc: '2.0', id, result });
    };
    const fail = (error: unknown): void => {
      const failure = gateFailure(kernel, method, error);
      if (failure.code === 'MALFORMED_MESSAGE' || failure.code === 'COMMAND_NOT_FOUND') count();
      refuse(id, failure, respond);
    };
    try {
      checkSize(request.params, kernel.limits, `What ${quote(method)} carries`);
      switch (method) {
        case '$/hello':
          return hello(id, params, respond);
        case '$/cancelRequest':
          return cancel(params['id'] as Id, params['reason'] === 'timeout');
        case '$/listen':
          return reply(hearing.listen(session, params));
        case '$/unlisten':
          return hearing.unlisten(params);
        case '$/emit':
          return void emitFor(kernel, session, params).then(() => reply(null), fail);
        case '$/ping':
          return reply(null);
        case '$/bye':
          return end(undefined, params['back'] === true);
        default:
          throw new CorralError('COMMAND_NOT_FOUND', `There is no ${quote(method)} in protocol ${PROTOCOL}.`, { details: { command: method.slice(0, 80) } });
      }
    } catch (error) {
      fail(error);
    }
  }

  function hello(id: Id | undefined, params: Record<string, unknown>, respond: Respond): void {
    if (id === undefined || id === helloId) return; // said again, in case the first one was lost
    if (helloId !== undefined) throw malformed('A client says hello once');
    const label = judgeHello(kernel, params);
    life = watch(params['lock'], () => link.send({ jsonrpc: '2.0', id: 0, method: '$/ping' }), () => end('silent'));
    helloId = id;
    client = newClient(label);
    respond({ jsonrpc: '2.0', id, result: welcome(kernel, session) });
    link.framed = true;
    kernel.events.announce('corral:client-joined', { id: client.id, label });
  }

  /** Cancelling what was answered meanwhile, or never asked, is harmless. */
  function cancel(id: Id, timedOut: boolean): void {
    const call = calls.get(id);
    if (!call) return;
    call.settle(new CorralError('CANCELLED', 'The caller cancelled the call.'));
    abort(call, new DOMException('The caller cancelled the call.', timedOut ? 'TimeoutError' : 'AbortError'));
  }

  function end(reason?: string, keep = !closable): void {
    const { joined } = session;
    const open = [...calls.values()];
    life?.stop();
    life = helloId = undefined;
    calls.clear();
    hearing.clear();
    if (reason) link.send({ jsonrpc: '2.0', method: '$/bye', params: { reason } });
    link.flush();
    link.framed = false;
    if (!keep) {
      link.close(closable);
      kernel.sessions.delete(session);
    }
    for (const call of open) abort(call, new DOMException('The client went away.', 'AbortError'));
    if (joined) kernel.events.announce('corral:client-left', { id: client.id, label: client.label });
  }

  function refuse(id: Id | undefined, error: CorralError, respond: Respond = send): void {
    if (id !== undefined) respond({ jsonrpc: '2.0', id, error: toWire(error) });
  }

  /** An answer or an event could not be cloned: only that one fails. */
  function refused(message: object, cause: unknown): void {
    const { id, result, params } = message as { id?: Id; result?: unknown; params?: unknown };
    const error = notCloneable(id === undefined ? 'An event' : 'The answer', result ?? params, 'core', cause);
    report(kernel, error, { client: { id: client.id, label: client.label } });
    refuse(id, error);
  }

  /** A message came that this realm cannot deserialize. Nobody can say whose call it was, so the client has to begin anew. */
  function garbled(): void {
    count();
    end('garbled', true);
  }

  function violation(what: string, id: Id, respond: Respond = send, number?: number): void {
    const error = toWire(malformed(what));
    respond({ jsonrpc: '2.0', id, error: number === undefined ? error : { ...error, code: number } });
    count();
  }

  /** A client that goes on breaking the protocol is sent away: closing its port is the only defence against a flood. */
  function count(): void {
    kernel.violations++;
    if (++violations > kernel.limits.violations && closable) end('violations');
  }
}

function abort(call: OpenCall, reason: unknown): void {
  call.reason = reason;
  call.controller?.abort(reason);
}

/** Whether each of these ports is held by the data it came with, e.g. by an argument. */
function carries(data: unknown, ports: readonly MessagePort[]): boolean {
  const open: unknown[] = [data];
  const found = new Set<unknown>();
  for (let visits = 0; open.length > 0 && visits < 10_000; visits++) {
    const value = open.pop();
    if (value instanceof MessagePort) found.add(value);
    else if (isObject(value) && !ArrayBuffer.isView(value)) for (const key of Object.keys(value).slice(0, 1000)) open.push(value[key]);
  }
  return ports.every((port) => found.has(port));
}
