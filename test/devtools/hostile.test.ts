/** What a hostile realm relays to an inspector: whatever it is, nothing throws, hangs, grows without bound, or is shown as anything but text. */
import { assert } from 'chai';
import 'corral/devtools';
import type { CorralInspector } from 'corral/devtools';
import { serve } from 'corral/core';
import { atEnd, eventually } from '../support/corral.ts';
import { createWorkshop, rowsOf, show, told, within } from './support.ts';

/** WebKit needs 20 ms to clone a million elements that are not there; the others need none. */
const SPARSE = 5_000_000;

type Loose = Record<string, unknown>;
interface Told {
  captures: unknown;
  dropped?: unknown;
}

/** Tells an inspector these batches, each when it asks for one, and resolves when it has asked for more. */
async function relayed(inspector: CorralInspector, batches: readonly Told[], name = 'evil'): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let sent = 0;
  const heard = new Promise<void>((resolve) => {
    port2.onmessage = ({ data }) => {
      if (data.corral === 'enough') return;
      const batch = batches[sent++];
      if (batch) port2.postMessage({ corral: 'batch', dropped: 0, ...batch });
      else resolve();
    };
  });
  const end = inspector.attach(port1, name);
  atEnd(() => {
    end();
    port1.close();
  });
  await heard;
}

const message = (more: Loose): Loose => ({ kind: 'received', link: 1, at: 1_700_000_000_000, size: 10, exact: true, weight: 100, ...more });
const opened = (more: Loose = {}): Loose => message({ kind: 'opened', side: 'core', label: 'main', ...more });
const object = (parts: Loose): Loose => ({ is: 'object', keys: Object.keys(parts), values: Object.values(parts), more: 0 });
const call = (id: unknown, more: Loose = {}): Loose => message({ id, method: 'greet', params: object({ name: 'Ada' }), ...more });
const answer = (id: unknown, more: Loose = {}): Loose => message({ kind: 'sent', id, result: 'Hello', ...more });
const failure = { code: 'NOT_ALLOWED', number: -32001, message: 'No.', details: object({ limit: 1 }) };

/** A little of everything that an inspector reads. */
const everything: readonly Loose[] = [
  opened(),
  call(0, { method: '$/hello', params: object({ label: 'main' }) }),
  answer(0, { result: object({ client: '7', core: object({ name: 'notes', version: '1' }) }) }),
  message({ kind: 'granted', other: object({ identifier: 'page' }) }),
  call(1, { live: [{ path: 'to', channel: 1, kind: 'channel' }, { path: 'from', channel: 2, kind: 'stream' }], headers: object({ trace: 'x' }) }),
  message({ kind: 'decided', other: object({ allowed: false, action: 'invoke', name: 'greet', reason: 'denied', capability: 'page', client: object({ id: '7', label: 'main' }) }) }),
  message({ kind: 'sent', method: '$/channel', params: object({ channel: 1, items: { is: 'array', values: [1, 2], more: 3 } }) }),
  message({ kind: 'sent', method: '$/channel', params: object({ channel: 1, error: object({ message: 'It broke.', data: object({ code: 'BROKEN' }) }) }) }),
  answer(1, { live: [{ path: 'file', resource: 3, methods: ['read', 'close'] }] }),
  call('3/1', { resource: 3, method: 'read' }),
  message({ kind: 'released', resource: 3 }),
  call(2, { method: '$/listen', params: object({ event: 'news', listener: 5 }) }),
  answer(2),
  message({ kind: 'sent', method: '$/event', params: object({ event: 'news', payload: { is: 'text', text: 'long', length: 5_000 } }) }),
  message({ method: '$/unlisten', params: object({ listener: 5, error: object({ message: 'No more.', data: object({ code: 'NOT_ALLOWED' }) }) }) }),
  call(3),
  answer(3, { result: undefined, error: failure }),
  call(4),
  message({ method: '$/cancelRequest', params: object({ id: 4, reason: 'timeout' }) }),
  message({ kind: 'uncloneable', id: 3, cause: 'a function' }),
  message({ kind: 'garbled' }),
  message({ kind: 'sent', id: null, error: failure, other: { is: 'map', keys: ['a'], values: [{ is: 'date', text: 'Invalid Date' }], more: 0 } }),
  message({ method: '$/bye', params: object({ reason: 'ended' }) }),
  message({ kind: 'closed' }),
];

const cycle: unknown[] = [];
cycle.push(cycle);
const round: Loose = { is: 'array', more: 0 };
round['values'] = [round, round];
const nested = (depth: number, make: (inside: unknown) => unknown): unknown => Array.from({ length: depth }).reduce((inside) => make(inside), 1 as unknown);

const odd: Record<string, unknown> = {
  'nothing at all': undefined,
  null: null,
  NaN: Number.NaN,
  'a negative number': -7,
  'a fraction beyond every time': 1e300,
  infinity: -Infinity,
  true: true,
  'a bigint': 5n,
  'a name that every object has': 'constructor',
  'the name of all prototypes': '__proto__',
  'an empty text': '',
  'a long text': 'x'.repeat(100_000),
  'an empty object': {},
  'a Map': new Map([['is', 'array']]),
  'a Set': new Set([1]),
  'a Date that is none': new Date(Number.NaN),
  bytes: new Uint8Array(9),
  'an error': new RangeError('odd'),
  'a sparse array': new Array(SPARSE),
  'an array that holds itself': cycle,
  'a deep array': nested(2_000, (inside) => [inside]),
  'a picture that holds itself': round,
  'a picture that doubles at each step': nested(60, (inside) => ({ is: 'array', values: [inside, inside], more: 0 })),
  'a deep picture': nested(1_000, (inside) => object({ inside })),
  'a sparse picture': { is: 'array', values: new Array(SPARSE), more: -1 },
  'a picture with keys for nothing': { is: 'map', keys: [{}, []], values: [1, 2, 3, [4]], more: Number.NaN },
  'a picture without keys': { is: 'object', values: [1], more: '2' },
  'a leaf of nothing': { is: 'bytes', text: { is: 'text' }, length: -1 },
};

/** Every place within, as copies of the whole in which something odd is in that place. */
function* spoiled(value: unknown, put: unknown): Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const with_ = (part: unknown): unknown => (Array.isArray(value) ? value.map((one, index) => (String(index) === key ? part : one)) : { ...value, [key]: part });
    yield with_(put);
    for (const inner of spoiled((value as Loose)[key], put)) yield with_(inner);
  }
}

const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
const press = (target: Element | undefined, key: string): unknown => target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));

/** Looks at the lines one after the other, as somebody at the keyboard would. */
async function readOn(inspector: CorralInspector, lines: number): Promise<void> {
  await frame();
  press(rowsOf(inspector).at(-1), 'Home');
  rowsOf(inspector)[0]?.click();
  for (let line = 1; line < lines; line++) {
    press(inspector.shadowRoot?.activeElement ?? undefined, 'ArrowDown');
    for (const summary of within(inspector, '.tree details:not([open]) > summary')) summary.click();
  }
  await frame();
}

describe('what a hostile realm relays', () => {
  let thrown: unknown[] = [];
  const onError = ({ error, reason }: ErrorEvent & PromiseRejectionEvent): void => void thrown.push(error ?? reason);
  beforeEach(() => {
    thrown = [];
    for (const type of ['error', 'unhandledrejection']) addEventListener(type, onError as never);
  });
  afterEach(() => {
    for (const type of ['error', 'unhandledrejection']) removeEventListener(type, onError as never);
    assert.deepEqual(thrown, []);
  });

  for (const [what, value] of Object.entries(odd)) {
    it(`may be ${what} in any place: it is left out, or shown as what it is`, async () => {
      const inspector = show();
      const captures = everything.flatMap((one) => [...spoiled(one, value)].map((each) => (one['kind'] === 'opened' ? [each] : [opened(), ...everything.slice(1, 3), each]))).flat();
      const rest = [opened({ link: 2 }), call(1, { link: 2, method: 'last' }), answer(1, { link: 2 })];
      const all = [...captures, ...rest];
      await relayed(inspector, Array.from({ length: Math.ceil(all.length / 400) }, (_, n) => ({ captures: all.slice(n * 400, (n + 1) * 400), dropped: value })));
      const lines = inspector.toJSON() as { name: string; outcome: string; bytes: number; items?: number }[];
      assert.deepEqual(lines.filter(({ name }) => name === 'last').map(({ outcome }) => outcome), ['done']);
      for (const { name, bytes, items = 0 } of lines) {
        assert.isString(name);
        assert.isAtLeast(bytes, 0);
        assert.isAtLeast(items, 0);
      }
      for (const count of Object.values(inspector.counts())) assert.isAtLeast(count, 0);
      for (const line of inspector.transcript().trim().split('\n')) JSON.parse(line);
      await readOn(inspector, 12);
      assert.isAbove(rowsOf(inspector).length, 0);
    });
  }

  it('may be a batch without end: no more is read than was asked for', async () => {
    const inspector = show();
    await relayed(inspector, [{ captures: [opened()] }, { captures: new Array(SPARSE), dropped: -5 }, { captures: Array.from({ length: 5_000 }, (_, id) => call(id)), dropped: 7 }, { captures: [call(5_001)] }]);
    assert.lengthOf(told(inspector, 'evil: main'), 501);
    await frame();
    assert.match(within(inspector, '.kept')[0]?.textContent ?? '', /, 5,004,507 missed$/);
  });

  it('may come unasked and all at once: the timeline has its bound, and whoever else is inspected is shown', async () => {
    const inspector = show({ limit: '1000' });
    const { port1, port2 } = new MessageChannel();
    atEnd(inspector.attach(port1, 'evil'));
    port2.postMessage({ corral: 'batch', captures: [opened()] });
    for (let batch = 0; batch < 50; batch++) port2.postMessage({ corral: 'batch', captures: Array.from({ length: 500 }, (_, n) => call(batch * 500 + n)) });
    await relayed(inspector, [{ captures: [opened(), call(1), answer(1)] }], 'good');
    await eventually('the flood is over', () => inspector.counts('evil: main').calls === 20_000);
    assert.lengthOf(inspector.toJSON(), 1_000);
    await relayed(inspector, [{ captures: [opened(), call(1), answer(1)] }], 'late');
    assert.deepEqual(told(inspector, 'late: main').map(({ outcome }) => outcome), ['done']);
    port1.close();
  });

  it('may open what never ends: what is followed has a bound, and the rest is counted as missed', async () => {
    const inspector = show();
    const batches = Array.from({ length: 100 }, (_, batch) => ({ captures: Array.from({ length: 500 }, (_, n) => call(`${batch}/${n}`, { live: [{ path: '', channel: batch * 500 + n, kind: 'stream' }] })) }));
    await relayed(inspector, [{ captures: [opened()] }, ...batches]);
    const { calls, streams } = inspector.counts();
    assert.isAtMost(calls + streams, 20_001);
    await relayed(inspector, [{ captures: [opened({ link: 9 }), call(1, { link: 9 }), answer(1, { link: 9 })] }], 'good');
    assert.deepEqual(told(inspector, 'good: main').map(({ outcome }) => outcome), ['done']);
  });

  it('may be of links and names without end: a thousand are followed, and some hundreds can be chosen', async () => {
    const inspector = show();
    const open = Array.from({ length: 5_000 }, (_, link) => opened({ link: link + 1, label: 'same' }));
    const names = Array.from({ length: 5_000 }, (_, n) => [opened({ label: `n${n}` }), call(n), message({ kind: 'closed' })]).flat();
    const all = [...open, ...names];
    await relayed(inspector, Array.from({ length: all.length / 500 }, (_, n) => ({ captures: all.slice(n * 500, (n + 1) * 500) })));
    await frame();
    const [select] = within(inspector, 'select') as HTMLSelectElement[];
    assert.isAtMost(select?.options.length ?? 0, 501);
    assert.isAtMost(inspector.counts().calls, 5_000);
    assert.match(within(inspector, '.kept')[0]?.textContent ?? '', /4,000 missed$/);
  });

  it('may say an id again: the line before it ends', async () => {
    const inspector = show();
    const live = [{ path: 'to', channel: 1, kind: 'channel' }];
    const file = { live: [{ path: 'file', resource: 1, methods: ['read'] }] };
    await relayed(inspector, [{ captures: [opened(), call(1, { live }), call(1, { live }), answer(1, file), call(2), answer(2, file), opened(), call(1)] }]);
    const open = told(inspector, 'evil: main').filter(({ outcome }) => outcome === 'open');
    assert.deepEqual(open.map(({ what }) => what), ['call']);
    assert.deepEqual(inspector.counts('evil: main'), { calls: 1, listeners: 0, channels: 0, streams: 0, resources: 0 });
  });

  it('may carry an endless name: names have an end', async () => {
    const inspector = show();
    const chain = Array.from({ length: 400 }, (_, n) => [call(n, n === 0 ? {} : { resource: n, method: 'x'.repeat(200) }), answer(n, { live: [{ path: 'p'.repeat(200), resource: n + 1, methods: [] }] })]).flat();
    await relayed(inspector, [{ captures: [opened(), ...chain.slice(0, 400)] }, { captures: chain.slice(400) }]);
    for (const { name } of told(inspector, 'evil: main')) assert.isAtMost(name.length, 500);
  });

  it('may be twenty million characters: the beginning is kept', async () => {
    const inspector = show();
    const long = 'x'.repeat(20_000_000);
    await relayed(inspector, [{ captures: [opened({ label: long }), call(long, { method: long, params: long }), message({ kind: 'granted', other: object({ identifier: long }) })] }]);
    assert.isBelow(JSON.stringify(inspector.toJSON()).length + inspector.transcript().length, 30_000);
  });

  it('may be markup, or turn the order of letters around: it is text, and says what it is', async () => {
    const inspector = show();
    const markup = '<img src=x onerror="throw 1"><b>`<i>`</b>';
    const turned = 'a\u202Enima\u2066\u200F';
    for (const text of [markup, turned]) {
      const spoken = { code: text, message: text, details: object({ [text]: text }) };
      const odd_ = [call(1, { method: text, params: object({ [text]: text }), headers: text }), answer(1, { result: undefined, error: spoken })];
      await relayed(inspector, [{ captures: [opened({ label: text }), ...odd_, message({ kind: 'granted', other: object({ identifier: text }) })] }]);
    }
    await readOn(inspector, 4);
    const root = inspector.shadowRoot as ShadowRoot;
    assert.lengthOf(root.querySelectorAll('img, b, i'), 0);
    assert.include(root.textContent, markup.slice(0, 20));
    assert.include(root.textContent, 'a\\u202enima\\u2066\\u200f');
    assert.notMatch(root.textContent ?? '', /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  });
});

it("is read within the same bounds where a hostile guest tells it to this realm's own core", async () => {
  const inspector = show();
  const { port1, port2 } = new MessageChannel();
  atEnd(serve(createWorkshop(), port1, { label: 'guest' }));
  atEnd(() => port1.close());
  const endless = new Array(SPARSE);
  const rpc = { jsonrpc: '2.0' };
  port2.postMessage({ ...rpc, id: 1, method: 'echo', live: [{ path: [endless], channel: 1, kind: 'channel', methods: [endless, cycle] }] });
  port2.postMessage({ ...rpc, id: 2, method: 'echo', live: endless });
  port2.postMessage({ ...rpc, id: 3, error: { code: endless, message: endless, data: { code: endless, details: endless } } });
  for (let n = 0; n < 20; n++) port2.postMessage({ ...rpc, id: 4, method: `no-${n}` });
  port2.postMessage({ ...rpc, method: '$/bye', params: { reason: 'constructor' } });
  await eventually('the goodbye is told', () => (inspector.toJSON() as { what: string; sentence: string }[]).some(({ what, sentence }) => what === 'goodbye' && sentence.includes('constructor')));
  await readOn(inspector, 20);
  assert.includeMembers(told(inspector, 'guest (core)').map(({ what, name }) => `${what} ${name}`), ['call echo', 'channel echo', 'call no-19']);
  assert.equal(inspector.counts('guest (core)').calls, 0);
});
