/** What no schema should ever meet: tables of what passes, what is over a limit, what is refused at any size. */
import { assert } from 'chai';
import { guard } from '../../src/core/guard.ts';

const LIMITS = { nodes: 1000, depth: 16, stringLength: 100 };

/** How the guard judges it: `passes`, the limit it is over, or `refused`. */
function judge(value: unknown, limits: Partial<typeof LIMITS> = {}): string {
  try {
    guard(value, { ...LIMITS, ...limits });
    return 'passes';
  } catch (error) {
    const { code, details } = error as { code: string; details: { limit?: string } };
    if (code === 'OVERLOADED') return details.limit ?? 'no limit is named';
    assert.equal(code, 'INVALID_ARGUMENTS');
    return 'refused';
  }
}

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
};

describe('guard', () => {
  it('lets plain data of any kind pass', () => {
    const values: unknown[] = [
      undefined, null, 0, NaN, '', 'text', true, 1n,
      {}, [], { a: [1, { b: null }] }, [undefined, null], { constructor: 'a word', toString: 1, prototype: {} },
      new Date(), /x/, new Map([[{ a: 1 }, [2]]]), new Set(['a', {}]), new Error('x'),
      new Uint8Array(10_000), new ArrayBuffer(10_000), new DataView(new ArrayBuffer(8)), new Blob(['x'.repeat(10_000)]),
      [[], [[]], {}], Array(10), [, 1, , 2],
    ];
    for (const value of values) assert.equal(judge(value), 'passes', Object.prototype.toString.call(value));
  });

  it('counts the values inside, and allows as many as the limit says', () => {
    assert.equal(judge(Array.from({ length: 1000 }, () => 0)), 'passes');
    assert.equal(judge(Array.from({ length: 1001 }, () => 0)), 'nodes');
    assert.equal(judge(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n]))), 'passes');
    assert.equal(judge(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`k${n}`, n]))), 'nodes');
    assert.equal(judge(new Set(Array.from({ length: 1001 }, (_, n) => n))), 'nodes');
    assert.equal(judge(new Map(Array.from({ length: 1001 }, (_, n) => [n, n]))), 'nodes');
    assert.equal(judge(Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => 0))), 'nodes');
  });

  it('counts visits, not objects: what is shared is counted for each way that leads to it', () => {
    let value: unknown = [];
    for (let level = 0; level < 12; level++) value = [value, value];
    assert.equal(judge(value), 'nodes');
    let keyed: unknown = {};
    for (let level = 0; level < 12; level++) keyed = { a: keyed, b: keyed };
    assert.equal(judge(keyed), 'nodes');
    let huge: unknown = [];
    for (let level = 0; level < 100; level++) huge = [huge, huge];
    assert.equal(judge(huge, { depth: 1000 }), 'nodes', 'two to the power of a hundred ways');
  });

  it('counts the length of an array before it looks inside', () => {
    assert.equal(judge(Array(10_000_000)), 'nodes');
    assert.equal(judge({ list: Array(2 ** 32 - 1) }), 'nodes');
  });

  it('allows a depth up to the limit, whatever it is made of', () => {
    for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ inner })]) {
      assert.equal(judge(nested(16, wrap)), 'passes');
      assert.equal(judge(nested(17, wrap)), 'depth');
      assert.equal(judge(nested(200_000, wrap)), 'depth', 'without recursion of its own');
    }
    assert.equal(judge(nested(40, (inner) => new Map([['k', inner]]))), 'depth');
    assert.equal(judge(nested(40, (inner) => new Set([inner]))), 'depth');
    assert.equal(judge(nested(40, (inner) => new Map([[inner, 1]]))), 'depth', 'a key has depth too');
  });

  it('ends on a circle', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    assert.equal(judge(circle), 'depth');
    const object: { self?: unknown } = {};
    object.self = object;
    assert.equal(judge(object, { depth: 1e9 }), 'nodes');
  });

  it('allows a string up to the limit, wherever it is', () => {
    const [fits, long] = ['x'.repeat(100), 'x'.repeat(101)];
    for (const wrap of [(s: string) => s, (s: string) => [s], (s: string) => ({ s }), (s: string) => new Set([s]), (s: string) => new Map([['k', s]]), (s: string) => new Map([[s, 'v']]), (s: string) => ({ a: [{ b: s }] })]) {
      assert.equal(judge(wrap(fits)), 'passes');
      assert.equal(judge(wrap(long)), 'stringLength');
    }
  });

  it('refuses a key that leads naive code to a prototype', () => {
    assert.equal(judge(JSON.parse('{"__proto__":{"x":1}}')), 'refused');
    assert.equal(judge(JSON.parse('{"a":[{"__proto__":1}]}')), 'refused');
    assert.equal(judge(JSON.parse('{"constructor":{"prototype":{"x":1}}}')), 'refused');
    assert.equal(judge(JSON.parse('{"constructor":{"name":"x"}}')), 'passes');
    assert.equal(judge(JSON.parse('{"prototype":{"x":1}}')), 'passes');
    assert.equal(({} as { x?: unknown }).x, undefined);
  });

  it('refuses an array with properties of its own, which would replace its methods', () => {
    for (const length of [0, 3, 64, 65, 500]) {
      const evil = Object.assign(Array.from({ length }, () => 0), { map: 'evil' });
      assert.equal(judge(evil), 'refused', String(length));
      assert.equal(judge({ inner: [evil] }), 'refused', String(length));
    }
    assert.equal(judge(Object.assign([1, 2], { extra: 1 })), 'refused');
  });

  it('refuses shared memory, which its sender can change after it was checked', () => {
    if (typeof SharedArrayBuffer !== 'function') return assert.isFalse(crossOriginIsolated);
    const shared = new SharedArrayBuffer(8);
    for (const value of [shared, [shared], new Uint8Array(shared), { deep: new Map([[1, new DataView(shared)]]) }]) assert.equal(judge(value), 'refused');
  });

  it('refuses a buffer that can grow', () => {
    const Growing = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer & { resizable: boolean };
    const growing = new Growing(8, { maxByteLength: 2 ** 20 });
    assert.isTrue(growing.resizable);
    for (const value of [growing, { growing }, [new Uint8Array(growing)]]) assert.equal(judge(value), 'refused');
  });

  it('says what it refused, and never what was in it', () => {
    const secret = 'S3CRET'.repeat(100);
    for (const value of [secret, [secret], JSON.parse(`{"__proto__":"${secret}"}`), Object.assign([secret.slice(0, 50)], { map: secret })]) {
      try {
        guard(value, LIMITS, 'The payload');
        assert.fail('It passed');
      } catch (error) {
        const { message, details } = error as { message: string; details: unknown };
        assert.match(message, /^The payload .+\.$/);
        assert.notInclude(`${message}${JSON.stringify(details)}`, 'S3CRET');
      }
    }
  });

  it('asks a value nothing: no getter of a prototype, no toString, no iterator of the sender runs', () => {
    const trap = { toString: () => assert.fail('asked'), valueOf: () => assert.fail('asked'), toJSON: () => assert.fail('asked') };
    assert.equal(judge(structuredClone({ ...trap, toString: 1, valueOf: 'x', toJSON: [1] })), 'passes');
  });
});
