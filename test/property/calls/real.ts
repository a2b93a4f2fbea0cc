/** A connection, with the other end of its link in our hands: we are the core, and each core that comes after it. */
import { assert } from 'chai';
import { connect, CorralError, type Connection, type Source } from 'corral';
import type { Core } from 'corral/core';
import { linkPair, type TestPort } from 'corral/testing';
import { eventually } from '../../support/corral.ts';
import { isOpen, type Model } from './model.ts';

export interface Real {
  readonly connection: Connection<Core>;
  /** The calls that came to any of the cores, in order. */
  readonly seen: number[];
  call(timeout?: number): Promise<void>;
  abort(call: number): void;
  /** Waits for the present core to be greeted, and returns its end of the link. */
  greeted(): Promise<TestPort>;
  /** Answers the hello, with a result or an error. */
  answerHello(answer: object): Promise<void>;
  say(message: unknown): Promise<void>;
  /** What a core says in answer to a call that came to it or to one before it. */
  replyTo(call: number, reply: object): object;
  /** Resolves when the connection is where it should be, and nothing is under way on its link. */
  arrive(model: Model): Promise<void>;
  /** Each call has settled as the model says, and once; the others have not. */
  compare(model: Model): void;
}

interface Message {
  id?: unknown;
  method?: string;
  params?: unknown;
}

export function createReal(): Real {
  const outcomes: string[][] = [];
  const controllers: AbortController[] = [];
  const seen: number[] = [];
  const ids = new Map<number, unknown>();
  let port: TestPort | undefined;
  let helloId: unknown;
  let waiting: [holds: () => boolean, resolve: () => void][] = [];
  let cores = 0;
  let pings = 0;
  let ponged = 0;

  function receive(message: Message): void {
    if (message.method === '$/hello') helloId = message.id;
    else if (message.method === undefined) ponged++;
    else if (message.method === 'work') {
      const call = message.params as number;
      seen.push(call);
      ids.set(call, message.id);
    }
    const ready = waiting.filter(([holds]) => holds());
    waiting = waiting.filter((one) => !ready.includes(one));
    for (const [, resolve] of ready) resolve();
  }

  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => (holds() ? resolve() : waiting.push([holds, resolve])));

  function source(): TestPort {
    const [theirs, ours] = linkPair();
    port = ours;
    cores++;
    helloId = undefined;
    ours.addEventListener('message', ({ data }) => (Array.isArray(data) ? data : [data]).forEach(receive));
    ours.start();
    return theirs;
  }

  const connection = connect<Core>(source as unknown as Source, { restart: { attempts: Infinity, delay: 0 } });
  const invoke = connection.invoke as unknown as (command: string, args: number, options: object) => Promise<unknown>;

  const real: Real = {
    connection,
    seen,
    async call(timeout) {
      const controller = new AbortController();
      const told: string[] = [];
      const options = timeout === undefined ? { signal: controller.signal } : { signal: controller.signal, timeout };
      const settled = invoke('work', outcomes.length, options).then(
        (value) => void told.push(String(value)),
        (error: unknown) => void told.push(nameOf(error)),
      );
      controllers.push(controller);
      outcomes.push(told);
      if (timeout !== undefined) await settled;
    },
    abort: (call) => controllers[call]?.abort('given up'),
    async greeted() {
      await until(() => helloId !== undefined);
      return port as TestPort;
    },
    async answerHello(answer) {
      (await real.greeted()).postMessage({ jsonrpc: '2.0', id: helloId, ...answer }, []);
    },
    async say(message) {
      (await real.greeted()).postMessage(message, []);
    },
    replyTo: (call, reply) => ({ jsonrpc: '2.0', id: ids.get(call), ...reply }),
    async arrive({ state, cores: expectedCores }) {
      await eventually(
        `the connection is ${state} at core ${expectedCores}`,
        () => connection.stats().state === state && cores === expectedCores,
      );
      if (state !== 'open') return;
      const expected = ++pings;
      port?.postMessage({ jsonrpc: '2.0', id: `ping ${expected}`, method: '$/ping' }, []);
      await until(() => ponged === expected);
    },
    compare({ fates }) {
      fates.forEach((fate, call) => assert.deepEqual(outcomes[call], isOpen(fate) ? [] : [fate], `call ${call}`));
      assert.equal(connection.stats().calls, fates.filter(isOpen).length);
    },
  };
  return real;
}

function nameOf(error: unknown): string {
  if (!(error instanceof CorralError)) return error instanceof DOMException ? error.name : String(error);
  return error.code === 'CONNECTION_LOST'
    ? `CONNECTION_LOST ${(error as CorralError<'CONNECTION_LOST'>).details.reason}`
    : error.code;
}
