/** A served core, whatever is posted: nothing throws, each call is answered once, and a neighbour notices nothing. */
import { assert } from 'chai';
import { command, createCore, event, serve, type Core } from 'corral/core';
import fc from 'fast-check';
import * as v from 'valibot';
import { atEnd, eventually, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { nearlyMessage } from './arbitraries.ts';

type Id = string | number | null;
interface Reply {
  jsonrpc: string;
  id: Id;
  result?: unknown;
  error?: { code: number; message: string };
}

// Synchronous and without `returns`, so that a call is closed before the next message of its frame is looked at.
const commands = {
  echo: command({ args: v.unknown(), handler: (args) => args }),
  sum: command({ args: v.array(v.number()), handler: (values) => values.reduce((total, value) => total + value, 0) }),
  group: { inner: command({ handler: () => 'inner' }) },
};
const methods = [
  'echo',
  'sum',
  'group.inner',
  'group',
  '$/hello',
  '$/cancelRequest',
  '$/listen',
  '$/join',
  '$/unlisten',
  '$/emit',
  '$/ping',
  '$/event',
  '$/unknown',
  '$',
];
const post = fc.oneof(
  { weight: 3, arbitrary: nearlyMessage(methods) },
  { weight: 1, arbitrary: fc.array(nearlyMessage(methods), { minLength: 1, maxLength: 6 }) },
);
// Before hello an empty array is an invalid batch, after it an empty frame.
const posts = fc.array(
  post.filter((data) => !Array.isArray(data) || data.length > 0),
  { maxLength: 12, size: 'max' },
);

const testCore = (): Core<typeof commands, { tick: never }> =>
  createCore({
    name: unique(),
    commands,
    events: { tick: event(v.unknown()) },
    limits: { violations: 1e9 },
    onError: () => {},
  }) as never;

/** The id under which the specification wants this message answered, or undefined if it wants no answer. */
function answerTo(message: unknown): Id | undefined {
  if (typeof message !== 'object' || message === null) return null;
  const { jsonrpc, method, id } = message as Record<string, unknown>;
  const usable =
    id === null || (typeof id === 'string' && id.length <= 256) || (typeof id === 'number' && Number.isFinite(id));
  if (jsonrpc === '2.0' && typeof method === 'string' && (usable || id === undefined)) return id as Id | undefined;
  if ('result' in message || 'error' in message) return undefined;
  return usable ? (id as Id) : null;
}

/** Posts what it is given and resolves with all the replies, once one to a last call has come. */
async function converse(core: Core, data: readonly unknown[]): Promise<Reply[]> {
  const { port1, port2 } = new MessageChannel();
  const stop = serve(core, port1);
  const last = crypto.randomUUID();
  const replies: Reply[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(reject, 30_000, new Error('The core did not answer the last call'));
      port2.onmessage = ({ data: said }) => {
        for (const message of Array.isArray(said) ? said : [said]) {
          if (message.id === last) resolve();
          else if (message.method === undefined) replies.push(message);
        }
      };
      for (const one of data) port2.postMessage(one);
      port2.postMessage({ jsonrpc: '2.0', id: last, method: 'group.inner' });
    });
  } finally {
    stop();
    port2.close();
  }
  return replies;
}

/** What was thrown outside of any promise or call stack of a test. */
function watchErrors(): unknown[] {
  const errors: unknown[] = [];
  const note = (caught: Event): void => {
    // The counterexample says more than the runner's own report would.
    caught.stopImmediatePropagation();
    caught.preventDefault();
    errors.push((caught as ErrorEvent).error ?? (caught as PromiseRejectionEvent).reason ?? caught);
  };
  for (const type of ['error', 'unhandledrejection']) {
    addEventListener(type, note, { capture: true });
    atEnd(() => removeEventListener(type, note, { capture: true }));
  }
  return errors;
}

const shapeOfPrototypes = (): unknown[] =>
  [Object, Array, Map, Promise].map(({ prototype }) => Reflect.ownKeys(prototype));
const sorted = (ids: readonly Id[]): string[] => ids.map((id) => `${typeof id} ${String(id)}`).sort();

describe('a served core, whatever is posted to it', function () {
  this.timeout(300_000);

  it('answers each call once, throws nothing, changes no prototype and serves its neighbours', async () => {
    const core = testCore();
    const neighbour = openInProcess(core);
    const heard: unknown[] = [];
    await neighbour.listen('tick', ({ payload }) => heard.push(payload));
    const errors = watchErrors();
    const prototypes = shapeOfPrototypes();
    await fc.assert(
      fc.asyncProperty(posts, async (data) => {
        // What crosses is a clone: without null prototypes, and with boxed values as objects.
        const messages = (structuredClone(data) as unknown[]).flatMap((one) =>
          Array.isArray(one) ? Array.from(one) : [one],
        );
        const replies = await converse(core, data);
        assert.deepEqual(
          sorted(replies.map(({ id }) => id)),
          sorted(messages.map(answerTo).filter((id) => id !== undefined)),
        );
        for (const reply of replies) {
          assert.equal(reply.jsonrpc, '2.0');
          assert.notEqual('result' in reply, 'error' in reply, 'either a result or an error');
          if (reply.error) assert.isTrue(Number.isInteger(reply.error.code) && typeof reply.error.message === 'string');
        }
        assert.deepEqual(errors, []);
        assert.deepEqual(shapeOfPrototypes(), prototypes);
        assert.equal(await neighbour.invoke.sum([1, 2]), 3);
        assert.deepEqual({ ...core.stats(), violations: 0 }, { clients: 1, calls: 0, listeners: 1, channels: 0, resources: 0, violations: 0 });
      }),
      { numRuns: 250 },
    );
  });

  it('lets a client go in the middle of anything', async () => {
    const core = testCore();
    const neighbour = openInProcess(core);
    await neighbour.invoke.sum([]);
    const errors = watchErrors();
    const bye = { jsonrpc: '2.0', method: '$/bye', params: { reason: 'ended' } };
    await fc.assert(
      fc.asyncProperty(posts, posts, fc.boolean(), async (before, after, asCall) => {
        const { port1, port2 } = new MessageChannel();
        const stop = serve(core, port1);
        for (const one of [...before, asCall ? { ...bye, id: 1 } : bye, ...after]) port2.postMessage(one);
        assert.equal(await neighbour.invoke.sum([1, 2]), 3);
        // The neighbour's answer may have come before the goodbye did.
        await eventually('it is gone', () => core.stats().clients === 1);
        stop();
        port2.close();
        assert.deepEqual({ ...core.stats(), violations: 0 }, { clients: 1, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 0 });
        assert.deepEqual(errors, []);
      }),
      { numRuns: 80 },
    );
  });
});

type Act = { do: 'call' | 'cancel'; id: Id } | { do: 'release' };
const ids = fc.constantFrom<Id>(1, 2, '1', '', null);
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('call' as const), id: ids }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), id: ids }) },
    { weight: 1, arbitrary: fc.constant({ do: 'release' as const }) },
  ),
  { maxLength: 30, size: 'max' },
);

/** What a core says to these acts, in order: a call's id with its result or its error's number. */
function model(script: readonly Act[]): [Id, unknown][] {
  const said: [Id, unknown][] = [];
  const open: Id[] = [];
  for (const act of script) {
    if (act.do === 'release') said.push(...open.splice(0).map((id): [Id, unknown] => [id, 'released']));
    else if (act.do === 'cancel') {
      // Under `null` there may be many calls, so it names none of them.
      if (act.id !== null && open.includes(act.id)) said.push([open.splice(open.indexOf(act.id), 1)[0] as Id, -32800]);
    } else if (act.id !== null && open.includes(act.id)) said.push([null, -32600]);
    else open.push(act.id);
  }
  return said;
}

describe('a served core, with calls that stay open', function () {
  this.timeout(300_000);

  it('answers, refuses a second call under an open id, and cancels, as a model of ten lines says', async () => {
    const held: (() => void)[] = [];
    const core = createCore({
      name: unique(),
      commands: {
        group: { inner: command({ handler: () => 'inner' }) },
        hold: command({ handler: () => new Promise((resolve) => held.push(() => resolve('released'))) }),
        release: command({ handler: () => held.splice(0).forEach((answer) => answer()) }),
      },
      limits: { violations: 1e9 },
    });
    // While a core starts, messages wait and are then looked at in one turn; this keeps it up.
    await openInProcess(core).invoke.group.inner();
    await fc.assert(
      fc.asyncProperty(acts, fc.boolean(), async (script, framed) => {
        const messages = script.map((act) => {
          if (act.do === 'call') return { jsonrpc: '2.0', id: act.id, method: 'hold' };
          if (act.do === 'cancel') return { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: act.id } };
          return { jsonrpc: '2.0', method: 'release' };
        });
        const hello = { jsonrpc: '2.0', id: 'hello', method: '$/hello', params: { protocol: 1 } };
        const replies = await converse(core as Core, framed ? [hello, ...messages] : messages);
        const said = replies
          .filter(({ id }) => id !== 'hello')
          .map(({ id, result, error }): [Id, unknown] => [id, error?.code ?? result]);
        assert.deepEqual(said, model(script));
        held.length = 0;
      }),
      { numRuns: 150 },
    );
  });
});
