/** 100,000 frames that are nearly right, at a core that somebody else works with. Every run prints its seed. */
import { assert } from 'chai';
import * as fc from 'fast-check';
import { eventually } from '../support/corral.ts';
import { createRanch } from '../journeys/ranch.ts';
import { strangerAt, workBeside } from './stranger.ts';

const FRAMES = 100_000;
const EACH = 500;

const widget = {
  identifier: 'widget',
  clients: ['widget*'],
  invoke: ['greet', 'wait', { command: 'files.read', allow: [{ path: '/public' }] }, { command: 'files.list', allow: [{ path: '/public' }] }],
  listen: ['news', 'theme'],
  emit: ['theme'],
  invite: ['widget-*'],
} as const;

/** One of everything that a client can say. */
const spoken: readonly object[] = [
  { jsonrpc: '2.0', id: 1, method: 'greet', params: { name: 'Ada' } },
  { jsonrpc: '2.0', id: 2, method: 'files.read', params: { path: '/public/a' }, headers: { trace: '1' } },
  { jsonrpc: '2.0', id: 3, method: 'files.read', params: { path: '/private/a' } },
  { jsonrpc: '2.0', id: 4, method: 'files.list', params: { path: '/public' } },
  { jsonrpc: '2.0', id: 5, method: 'notes.add', params: 'forbidden' },
  { jsonrpc: '2.0', id: 6, method: 'wait' },
  { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 6, reason: 'timeout' } },
  { jsonrpc: '2.0', id: 'hello', method: '$/hello', params: { protocol: 1, label: 'main', version: undefined, lock: 'corral:client:none' } },
  { jsonrpc: '2.0', id: 7, method: '$/listen', params: { event: 'news', listener: 1 } },
  { jsonrpc: '2.0', id: 13, method: '$/join', params: { greeted: true } },
  { jsonrpc: '2.0', method: '$/unlisten', params: { listener: 1 } },
  { jsonrpc: '2.0', id: 8, method: '$/emit', params: { event: 'theme', payload: 'dark', to: 'main' } },
  { jsonrpc: '2.0', id: 9, method: '$/emit', params: { event: 'secret', payload: 'forbidden' } },
  { jsonrpc: '2.0', id: 10, method: '$/invite', params: { label: 'widget-1', port: null } },
  { jsonrpc: '2.0', id: 11, method: '$/ping' },
  { jsonrpc: '2.0', method: '$/bye', params: { reason: 'ended', link: 'x' } },
  { jsonrpc: '2.0', id: 'ping', result: null },
  { jsonrpc: '2.0', id: 12, error: { code: 1, message: 'x', data: { code: 'X' } } },
];

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, NaN, Infinity, -0, 2 ** 53, 1n, '', 'main', 'widget', '2.0', '*', '__proto__', 'constructor', '\ud800', 'notes.add', '$/emit', '$/hello', [], {}, true),
  fc.anything({ maxDepth: 2, withBigInt: true, withMap: true, withSet: true, withDate: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true }),
);

/** What is done to a message, somewhere inside it. */
const mutation = fc.record({
  message: fc.nat({ max: spoken.length - 1 }),
  steps: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
  how: fc.constantFrom('replace', 'remove', 'add', 'keep', 'whole', 'splice'),
  key: fc.constantFrom('id', 'method', 'params', 'jsonrpc', 'result', 'error', 'headers', 'label', 'link', '__proto__', 'constructor', 'then'),
  other: fc.nat({ max: spoken.length - 1 }),
});
const pool = fc.array(strange, { minLength: 300, maxLength: 300 });

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate({ message, steps, how, key, other }: Mutation, value: unknown): unknown {
  if (how === 'whole') return value;
  const made = structuredClone(spoken[message]) as Record<string, unknown>;
  let at = made;
  let last = key as string;
  for (const step of steps) {
    const keys = Object.keys(at);
    last = keys[step % Math.max(1, keys.length)] ?? key;
    const next = at[last];
    if (typeof next !== 'object' || next === null) break;
    at = next as Record<string, unknown>;
  }
  if (how === 'remove') delete at[last];
  else if (how === 'splice') Object.assign(at, structuredClone(spoken[other]));
  else if (how !== 'keep') Object.defineProperty(at, how === 'add' ? key : last, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

describe(`${FRAMES} mutated frames`, () => {
  for (const [label, what] of [['widget', 'a client that may do little'], [undefined, 'a client that may do everything']] as const) {
    it(`from ${what} break nothing, run nothing that is not allowed, and leave nothing behind`, async function () {
      this.timeout(600_000);
      const seed = Math.floor(Math.random() * 2 ** 31);
      console.log(`fuzz: ${what}, seed ${seed}`);
      const ranch = createRanch([widget], { violations: Infinity });
      const unharmed = await workBeside(ranch.enter());
      const rest = { ...ranch.core.stats(), violations: 0, calls: 0 };
      const uncaught: unknown[] = [];
      const note = (event: ErrorEvent | PromiseRejectionEvent): void => void uncaught.push('reason' in event ? event.reason : event.error);
      addEventListener('error', note);
      addEventListener('unhandledrejection', note as never);
      const builtIn = Object.getOwnPropertyNames(Object.prototype).join();

      const values = fc.sample(pool, { numRuns: 1, seed })[0] as unknown[];
      const mutations = fc.sample(mutation, { numRuns: FRAMES / 20, seed });
      let [posted, arrived] = [0, 0];
      try {
        while (arrived < FRAMES / 2) {
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => arrived++);
          const stop = ranch.serve(port1, label);
          const stranger = strangerAt(port2);
          for (let count = posted; count < posted + EACH; count++) {
            // Each mutation meets many values, some of its frames hold several messages.
            const length = count % 7 === 0 ? 1 + (count % 5) : 1;
            const frame = Array.from({ length }, (_, more) => mutate(mutations[(count + more) % mutations.length] as Mutation, values[(count * 7 + more) % values.length]));
            try {
              stranger.post(length === 1 ? frame[0] : frame);
            } catch {
              // What cannot be cloned never leaves.
            }
          }
          posted += EACH;
          stranger.post({ jsonrpc: '2.0', id: 'last', method: '$/ping' });
          // Until the last is answered, or a mutated goodbye has ended the link and what was to come on it.
          for (let [before, quiet] = [arrived, 0]; quiet < 20 && !stranger.heard.some(({ id }) => id === 'last'); before = arrived) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            quiet = arrived === before ? quiet + 1 : 0;
          }
          stop();
        }
      } finally {
        removeEventListener('error', note);
        removeEventListener('unhandledrejection', note as never);
      }
      console.log(`fuzz: ${arrived} frames arrived of ${posted}, ${ranch.core.stats().violations} violations, ${ranch.decisions.length} decisions`);
      assert.deepEqual(uncaught, [], `seed ${seed}`);
      assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), builtIn, `seed ${seed}`);
      const forbidden = ranch.ran.filter((one) => one !== 'wait' && !one.startsWith('read /public'));
      if (label) assert.deepEqual(forbidden, [], `seed ${seed}`);
      await eventually('nothing is left behind', () => {
        const { clients, listeners } = ranch.core.stats();
        return clients === rest.clients && listeners === rest.listeners;
      });
      await unharmed();
    });
  }
});
