/** A client in a worker whose built-ins are patched under it: there, nothing but the client uses them. */
import { connect, type Connection } from 'corral';
import type { VictimCore } from './victim.ts';

/** What a scenario found out, for the test to judge. */
export interface Findings {
  answers: unknown[];
  leaks: string[];
}

/** The originals, and no prototype method, so that what watches does not watch itself. */
const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
const { stringify } = JSON;
const includes = String.prototype.includes;
const post = self.postMessage.bind(self);

const SECRET = 'S3CRET';
const texts: string[] = [];
let watching = false;

function watch(value: unknown): void {
  if (!watching) return;
  watching = false;
  try {
    const text = stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? undefined : inner)) ?? '';
    // An answer may be seen: it comes as a MessageEvent, which any script can patch.
    if (apply(includes, text, [SECRET]) && !apply(includes, text, ['Hello'])) texts[texts.length] = text;
  } catch {
    // A cycle is no message.
  }
  watching = true;
}

/** Puts a layer around every method of it that sees what goes in and what comes out. */
function patch(target: object | undefined, only?: PropertyKey[]): void {
  for (const key of target ? (only ?? ownKeys(target)) : []) {
    // A worker inherits its global functions.
    const descriptor = getOwnPropertyDescriptor(target as object, key) ?? {
      value: (target as Record<PropertyKey, unknown>)[key],
      configurable: true,
    };
    const original = descriptor.value as unknown;
    if (key === 'constructor' || !descriptor.configurable || typeof original !== 'function') continue;
    const value = function (this: unknown, ...args: unknown[]): unknown {
      watch(this);
      for (let index = 0; index < args.length; index++) watch(args[index]);
      const result: unknown = apply(original, this, args);
      watch(result);
      return result;
    };
    defineProperty(target as object, key, { ...descriptor, value });
  }
}

async function watched({ invoke }: Connection<VictimCore>): Promise<unknown[]> {
  for (const { prototype } of [MessagePort, EventTarget, Map, Set, WeakMap, Array, Promise, AbortSignal])
    patch(prototype);
  patch(Object.getPrototypeOf([][Symbol.iterator]()) as object);
  patch(Object.getPrototypeOf(new Map().entries()) as object);
  for (const statics of [JSON, Object, Array, Promise, Reflect])
    patch(
      statics,
      ownKeys(statics).filter((key) => key !== 'prototype'),
    );
  patch(globalThis, ['structuredClone', 'queueMicrotask', 'setTimeout']);
  watching = true;
  const answers: unknown[] = [await invoke.greet({ name: `${SECRET} alone` })];
  const one = invoke.greet({ name: `${SECRET} one` });
  const two = invoke.greet({ name: `${SECRET} two` }, { signal: new AbortController().signal, timeout: 60_000 });
  answers[1] = await one;
  answers[2] = await two;
  const bytes = new Uint8Array(8);
  const moved = invoke.take({ bytes, text: SECRET }, { transfer: [bytes.buffer], headers: { trace: SECRET } });
  const beside = invoke.greet({ name: `${SECRET} three` });
  answers[3] = await moved;
  answers[4] = await beside;
  answers[5] = await invoke.take([SECRET, `${SECRET} in a list`]);
  answers[6] = await invoke.take({ deep: [{ text: SECRET }] });
  // Proof that it would have been seen.
  new Map([[1, `${SECRET} control`]]).get(1);
  watching = false;
  return answers;
}

async function takenAway({ invoke, emit, listen }: Connection<VictimCore>): Promise<unknown[]> {
  const heard: string[] = [];
  await listen('news', ({ payload }) => void heard.push(payload));
  const value = (): never => {
    throw new Error('taken away');
  };
  const taken: [object, string[]][] = [
    [MessagePort.prototype, ['postMessage', 'start']],
    [JSON, ['parse', 'stringify']],
    [globalThis, ['queueMicrotask', 'structuredClone', 'MessageChannel', 'BroadcastChannel', 'fetch']],
    [Promise.prototype, ['then', 'catch', 'finally']],
  ];
  for (const [target, keys] of taken) for (const key of keys) defineProperty(target, key, { value });
  const first = invoke.greet({ name: 'late' });
  const second = invoke.take(1);
  const answers = [await first, await second];
  try {
    await invoke.greet({ name: 5 as never });
  } catch (error) {
    answers.push((error as { code: string }).code);
  }
  await emit('news', 'heard');
  // What comes by the bus may come later than what comes by the link.
  while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  return [...answers, ...heard];
}

async function polluted({ invoke }: Connection<VictimCore>): Promise<unknown[]> {
  const pollution = {
    extend: () => {},
    headers: { polluted: 'yes' },
    transfer: [1],
    timeout: 0,
    signal: {},
    label: 'admin',
    to: 'neighbour',
  };
  for (const [key, value] of Object.entries(pollution))
    defineProperty(Object.prototype, key, { value, configurable: true, writable: true, enumerable: true });
  const answers = [await invoke.greet({ name: 'late' }), await invoke.take({ list: [{}] }), await invoke.headers()];
  for (const key of ownKeys(pollution)) deleteProperty(Object.prototype, key);
  return answers;
}

const scenarios = { watched, takenAway, polluted };
export type Scenario = keyof typeof scenarios;

self.addEventListener('message', async ({ data, ports: [port] }: MessageEvent<Scenario>) => {
  const connection = connect<VictimCore>(port as MessagePort, { label: 'tampered' });
  await connection.invoke.greet({ name: 'early' });
  const answers = await scenarios[data](connection).catch((error: unknown) => [String(error)]);
  post({ answers, leaks: texts } satisfies Findings);
});
