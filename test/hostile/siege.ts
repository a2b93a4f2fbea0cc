/** An attacker that posts what it likes, and a neighbour that must not notice. Afterwards nothing built in has changed. */
import { assert } from 'chai';
import { serve, type Core, type Limits } from 'corral/core';
import type { Connection } from 'corral';
import { atEnd, eventually, open, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { createVictim, type Victim, type VictimCore } from './victim.ts';

export interface Reply {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly code: string; readonly details?: unknown };
  };
}

/** What a Worker and a MessagePort have in common. */
interface Reachable {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  start?(): void;
}

export interface Attacker {
  post(message: unknown, transfer?: Transferable[]): void;
  /** Posts a request and resolves with what answers it. */
  ask(method: string, params?: unknown, more?: object): Promise<Reply>;
  /** Says hello, properly unless told otherwise. */
  hello(params?: object): Promise<Reply>;
  /** Everything that came, batches and frames taken apart. */
  readonly heard: Reply[];
  reply(id: unknown): Promise<Reply>;
  /** Resolves when the core has dealt with all that was posted before. */
  settled(): Promise<void>;
  /** Resolves with the reason when the core has sent this client away. */
  dismissed(): Promise<unknown>;
}

export function attackAt(port: Reachable): Attacker {
  const heard: Reply[] = [];
  port.addEventListener('message', ({ data }) => void heard.push(...(Array.isArray(data) ? data : [data])));
  port.start?.();
  const post = (message: unknown, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  const reply = async (id: unknown): Promise<Reply> => {
    const find = (): Reply | undefined => heard.find((one) => one.method === undefined && Object.is(one.id, id));
    await eventually(`${String(id)} is answered`, find);
    return find() as Reply;
  };
  const ask = (method: string, params?: unknown, more?: object): Promise<Reply> => {
    const id = unique('ask');
    post({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }), ...more });
    return reply(id);
  };
  const goodbye = (): Reply | undefined => heard.find(({ method }) => method === '$/bye');
  return {
    post,
    ask,
    hello: (params) => ask('$/hello', { protocol: 1, label: 'attacker', ...params }),
    heard,
    reply,
    settled: async () => void (await ask('$/ping')),
    async dismissed() {
      await eventually('the attacker is sent away', goodbye);
      return goodbye()?.params?.['reason'];
    },
  };
}

/** An attacker with a port of its own to a core in this thread. */
export function attack(core: Core): Attacker {
  const { port1, port2 } = new MessageChannel();
  atEnd(serve(core, port1));
  return attackAt(port2);
}

/** A well-behaved client at work: returns what proves, after the attack, that it lost nothing. */
export async function workBeside({
  invoke,
  listen,
  emit,
  stats,
}: Connection<VictimCore>): Promise<() => Promise<void>> {
  const gate = unique('gate');
  const heard: string[] = [];
  let lost = false;
  await listen('news', ({ payload }) => void heard.push(payload));
  await listen('corral:core-lost', () => void (lost = true));
  const waiting = invoke.wait({ gate });
  let answered = 0;
  let over = false;
  const rounds = (async () => {
    while (!over) {
      assert.equal(await invoke.greet({ name: `round ${answered}` }), `Hello, round ${answered}!`);
      answered++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  // A test that fails before it asks closes them; what it failed of is the news.
  for (const promise of [waiting, rounds]) promise.catch(() => {});
  return async () => {
    over = true;
    await rounds;
    assert.isAbove(answered, 0);
    await emit('news', gate);
    await eventually('the neighbour hears its own event', () => heard.includes(gate));
    await invoke.release({ gate });
    assert.equal(await waiting, 'released');
    assert.isFalse(lost, 'the neighbour lost its core');
    assert.equal(stats().strays, 0);
  };
}

export interface Siege extends Victim {
  readonly attacker: Attacker;
  /** The neighbour has lost nothing, and the core holds nothing that the attacker opened. */
  unharmed(): Promise<void>;
}

/** A core in this thread with an attacker at it and a neighbour at work. */
export async function besiege(limits?: Partial<Limits>): Promise<Siege> {
  const victim = createVictim(unique('victim'), limits);
  const unharmed = await workBeside(openInProcess(victim.core, { label: 'neighbour' }));
  return { ...victim, attacker: attack(victim.core), unharmed };
}

export interface WorkerSiege {
  readonly attacker: Attacker;
  readonly neighbour: Connection<VictimCore>;
  /** A port to the core, for one more client. */
  admit(): MessagePort;
  unharmed(): Promise<void>;
}

/** The same in a worker: for what would take this page along if it succeeded. */
export async function besiegeWorker(): Promise<WorkerSiege> {
  const worker = new Worker(new URL('../support/cores/hostile.core.ts', import.meta.url), { type: 'module' });
  atEnd(() => worker.terminate());
  const admit = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(unique('victim'), [port1]);
    return port2;
  };
  const neighbour = open<VictimCore>(admit(), { label: 'neighbour' });
  const keys = await neighbour.invoke.builtIns();
  const atWork = await workBeside(neighbour);
  return {
    attacker: attackAt(admit()),
    neighbour,
    admit,
    async unharmed() {
      await atWork();
      assert.deepEqual(await neighbour.invoke.builtIns(), keys);
    },
  };
}

/** WebKit clones hole by hole, so there the sender of 2^32 holes is busy for minutes itself. */
const HOLES = /AppleWebKit(?!.*Chrom)/.test(navigator.userAgent) ? 2_000_000 : 2 ** 32 - 1;

/** An array without end that costs its sender nothing, or as little as the engine allows. */
export function sparse(length: number = HOLES): unknown[] {
  const list: unknown[] = [];
  list.length = length;
  return list;
}

export const codeOf = ({ error }: Reply): string | undefined => error?.data?.code;

/** The built-in prototypes, key by key: an attack must not add, remove or replace anything. */
function builtIns(): unknown[] {
  const all = [
    Object,
    Array,
    Function,
    Map,
    Set,
    Promise,
    String,
    Number,
    Error,
    RegExp,
    Date,
    ArrayBuffer,
    MessagePort,
  ];
  return all.flatMap(({ prototype }) =>
    Reflect.ownKeys(prototype).flatMap((key) => [
      prototype,
      key,
      ...Object.values(Object.getOwnPropertyDescriptor(prototype, key) ?? {}),
    ]),
  );
}

let before: unknown[] = [];
beforeEach('remembers what is built in', () => {
  before = builtIns();
});
afterEach('finds every prototype as it was', () => {
  const after = builtIns();
  const changed = after.length !== before.length || after.some((one, index) => !Object.is(one, before[index]));
  assert.isFalse(changed, 'a built-in prototype was changed');
});
