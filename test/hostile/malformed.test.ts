/** Messages that are no messages: each is answered or counted, none runs anything, nobody else notices. */
import { assert } from 'chai';
import type { Notes } from '../support/cores/notes.core.ts';
import { eventually, open } from '../support/corral.ts';
import { attackAt, besiege, codeOf, sparse, type Siege } from './siege.ts';

/** What structured cloning carries and JSON-RPC does not know. */
const nonsense = (): unknown[] => [
  undefined,
  null,
  true,
  0,
  Number.NaN,
  1n,
  '',
  'text',
  '{"jsonrpc":"2.0","id":1,"method":"take"}',
  {},
  [],
  [[]],
  [null],
  [[{ jsonrpc: '2.0', id: 1, method: 'take' }]],
  new Array(3),
  new Map([['jsonrpc', '2.0']]),
  new Set([1]),
  new Date(Number.NaN),
  new Error('an error'),
  /x/,
  new Uint8Array(4),
  new ArrayBuffer(4),
  new Blob(['x']),
  new Boolean(false),
  new Number(1),
  new String('text'),
  Object.assign([], { jsonrpc: '2.0', id: 1, method: 'take' }),
];

/** Posts one message and says by how much the core's count of violations grew, and what it said. */
async function provoke(
  { attacker, core }: Siege,
  message: unknown,
): Promise<{ counted: number; said: (number | undefined)[] }> {
  const { violations } = core.stats();
  const start = attacker.heard.length;
  attacker.post(message);
  await attacker.settled();
  return {
    counted: core.stats().violations - violations,
    said: attacker.heard.slice(start, -1).map(({ error }) => error?.code),
  };
}

describe('malformed messages', () => {
  it('1: counts and answers whatever is no message, from a client that never said hello', async () => {
    const siege = await besiege({ violations: 1000 });
    for (const message of nonsense()) {
      const { counted, said } = await provoke(siege, message);
      assert.isAbove(counted, 0, `${Object.prototype.toString.call(message)} was not counted`);
      assert.equal(said.length, counted);
      for (const code of said) assert.include([-32600, -32700], code);
    }
    assert.deepEqual(siege.taken, []);
    await siege.unharmed();
  });

  it('1: counts and answers whatever is no message, after the hello', async () => {
    const siege = await besiege({ violations: 1000 });
    await siege.attacker.hello();
    for (const message of nonsense()) {
      const { counted, said } = await provoke(siege, message);
      // A frame of nothing asks for nothing.
      if (Array.isArray(message) && message.length === 0) continue;
      assert.isAbove(counted, 0, `${Object.prototype.toString.call(message)} was not counted`);
      assert.equal(said.length, counted);
      for (const code of said) assert.include([-32600, -32700], code);
    }
    assert.deepEqual(siege.taken, []);
    await siege.unharmed();
  });

  it('1: sends a client away that goes on, and hears nothing more from it', async () => {
    const { attacker, core, taken, unharmed } = await besiege();
    await attacker.hello();
    assert.equal(core.stats().clients, 2);
    for (let count = 0; count < 60; count++) attacker.post(null);
    assert.equal(await attacker.dismissed(), 'violations');
    attacker.post({ jsonrpc: '2.0', id: 1, method: 'take' });
    await eventually('only the neighbour is left', () => core.stats().clients === 1);
    await unharmed();
    assert.deepEqual(taken, []);
  });

  it('1: never sends away the page that started the worker', async () => {
    const worker = new Worker(new URL('../support/cores/notes.core.ts', import.meta.url), { type: 'module' });
    const attacker = attackAt(worker);
    for (let count = 0; count < 200; count++) attacker.post(null);
    await attacker.settled();
    const { invoke } = open<Notes>(() => worker);
    assert.equal(await invoke.greet({ name: 'Ada' }), 'Hello, Ada!');
  });

  it('2: answers an envelope with a missing, extra or wrong field under its id, and runs nothing', async () => {
    const siege = await besiege({ violations: 1000 });
    const good = { jsonrpc: '2.0', method: 'take' };
    const broken: object[] = [
      { method: 'take' },
      { ...good, jsonrpc: '1.0' },
      { ...good, jsonrpc: 2 },
      { ...good, jsonrpc: ['2.0'] },
      { jsonrpc: '2.0' },
      { ...good, method: 5 },
      { ...good, method: null },
      { ...good, method: ['take'] },
      { ...good, method: { toString: 1 } },
      { ...good, method: undefined, params: 1 },
    ];
    for (const [index, message] of broken.entries()) {
      siege.attacker.post({ ...message, id: index });
      assert.equal((await siege.attacker.reply(index)).error?.code, -32600, JSON.stringify(message));
    }
    assert.equal(siege.core.stats().violations, broken.length);
    assert.deepEqual(siege.taken, []);
    await siege.unharmed();
  });

  it('2: takes an identity that a message claims for what it is: nothing', async () => {
    const { attacker, core, unharmed } = await besiege();
    const reply = await attacker.ask('take', 1, {
      client: 'admin',
      origin: 'https://example.org',
      capabilities: ['*'],
      label: 'neighbour',
    });
    assert.equal(reply.result, 'taken');
    await attacker.hello({ client: 'admin', identity: { owner: true }, capabilities: ['*'] });
    assert.equal(core.stats().violations, 0);
    await unharmed();
  });

  it('2: refuses headers that are not a few short strings, and the handler sees no others', async () => {
    const { attacker, taken, unharmed } = await besiege();
    const wrong: unknown[] = [
      5,
      null,
      'text',
      ['a', 1],
      { a: 1 },
      { a: null },
      { a: {} },
      { a: 'x'.repeat(8193) },
      new Map(),
      new Date(),
      new Uint8Array(1),
      [],
      sparse(),
      Object.fromEntries(Array.from({ length: 65 }, (_, key) => [key, 'x'])),
    ];
    for (const headers of wrong) {
      const reply = await attacker.ask('take', 1, { headers });
      assert.equal(codeOf(reply), 'MALFORMED_MESSAGE', Object.prototype.toString.call(headers));
    }
    assert.deepEqual(taken, []);
    const { result } = await attacker.ask('headers', undefined, {
      headers: JSON.parse('{"__proto__":"polluted","trace":"1"}'),
    });
    assert.equal((result as { trace: string }).trace, '1');
    await unharmed();
  });

  it('12: writes its sentences about hostile values without calling anything of theirs', async () => {
    const { attacker, core, unharmed } = await besiege({ violations: 1000 });
    const hostile = { toString: 1, valueOf: 1, toJSON: 1, length: -1, message: {} };
    assert.equal(codeOf(await attacker.hello({ label: hostile })), 'CONNECTION_REFUSED');
    assert.equal(codeOf(await attacker.hello({ protocol: hostile })), 'CONNECTION_REFUSED');
    assert.equal(codeOf(await attacker.hello({ version: hostile })), 'CONNECTION_REFUSED');
    assert.equal(codeOf(await attacker.hello({ lock: hostile })), 'MALFORMED_MESSAGE');
    assert.equal(codeOf(await attacker.ask('$/listen', { event: hostile, listener: 1 })), 'MALFORMED_MESSAGE');
    assert.equal(codeOf(await attacker.ask('$/listen', { event: 'news', listener: hostile })), 'MALFORMED_MESSAGE');
    assert.equal(codeOf(await attacker.ask('$/emit', { event: hostile })), 'MALFORMED_MESSAGE');
    assert.equal(
      codeOf(await attacker.ask('$/emit', { event: 'news', payload: 'x', to: hostile })),
      'MALFORMED_MESSAGE',
    );
    assert.equal(codeOf(await attacker.ask('$/emit', { event: 'news', payload: hostile })), 'INVALID_PAYLOAD');
    assert.equal(codeOf(await attacker.ask('greet', { name: hostile })), 'INVALID_ARGUMENTS');
    attacker.post({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: hostile } });
    attacker.post({ jsonrpc: '2.0', method: '$/unlisten', params: hostile });
    attacker.post({ jsonrpc: '2.0', method: hostile, id: hostile });
    await attacker.settled();
    assert.equal(core.stats().listeners, 1);
    await unharmed();
  });

  it('27: refuses an id that is no string, number or null, and answers every other under itself', async () => {
    const { attacker, taken, core, unharmed } = await besiege({ violations: 1000 });
    const wrong = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1n,
      {},
      [],
      true,
      new Date(0),
      new Number(1),
      new String('1'),
      'x'.repeat(10_000),
    ];
    for (const id of wrong) attacker.post({ jsonrpc: '2.0', id, method: 'take' });
    await attacker.settled();
    assert.equal(core.stats().violations, wrong.length);
    assert.lengthOf(
      attacker.heard.filter(({ id, error }) => id === null && error?.code === -32600),
      wrong.length,
    );
    assert.deepEqual(taken, []);

    const right = [-0, 2 ** 53, -1, 1.5, Number.MAX_VALUE, '', '1', 1, '__proto__', 'constructor', '\ud800'];
    for (const id of right) attacker.post({ jsonrpc: '2.0', id, method: 'take', params: 1 });
    for (const id of right) assert.equal((await attacker.reply(id)).result, 'taken', String(id));
    await unharmed();
  });

  it('27: keeps calls apart that come under the id null', async () => {
    const { attacker, unharmed } = await besiege();
    const answered = (): number => attacker.heard.filter(({ id, result }) => id === null && result === 'taken').length;
    attacker.post({ jsonrpc: '2.0', id: null, method: 'wait', params: { gate: 'null' } });
    for (let count = 0; count < 3; count++) attacker.post({ jsonrpc: '2.0', id: null, method: 'take', params: 1 });
    await eventually('all three are answered', () => answered() === 3);
    await attacker.ask('release', { gate: 'null' });
    await eventually('the first one too', () =>
      attacker.heard.some(({ id, result }) => id === null && result === 'released'),
    );
    await unharmed();
  });
});
