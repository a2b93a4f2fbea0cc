/** Resources under attack: Comlink's own messages, posted at the port that a client is given. */
import { assert } from 'chai';
import { expose } from 'comlink';
import { eventually } from '../support/corral.ts';
import { besieged, code } from './besieged.ts';

/** Posts Comlink's own messages and resolves with what comes back. */
function speaker(port: MessagePort): (message: object) => Promise<{ value?: unknown } & Record<string, unknown>> {
  let count = 0;
  const waiting = new Map<string, (reply: never) => void>();
  port.onmessage = ({ data }) => waiting.get((data as { id: string }).id)?.(data as never);
  return (message) =>
    new Promise((resolve) => {
      const id = `m${++count}`;
      waiting.set(id, resolve);
      port.postMessage({ id, ...message });
    });
}


describe('hostile resources', () => {
  const pwn = `globalThis.__pwned = (globalThis.__pwned ?? 0) + 1; return 'ran'`;
  afterEach(() => void delete (globalThis as { __pwned?: number }).__pwned);

  it('without the guard, Comlink runs any code: this is what is kept out', async () => {
    const { port1, port2 } = new MessageChannel();
    expose({ name: () => 'a resource' }, port1);
    const made = (await new Promise<{ value: MessagePort }>((resolve) => {
      port2.onmessage = ({ data }) => resolve(data as { value: MessagePort });
      port2.postMessage({ id: '1', type: 'CONSTRUCT', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] });
    })) as { value: MessagePort };
    const ran = await speaker(made.value)({ type: 'APPLY', path: [], argumentList: [] });
    assert.equal(ran.value, 'ran');
    assert.equal((globalThis as { __pwned?: number }).__pwned, 1);
    port1.close();
  });

  it('5, 6: lets nothing through but calls of declared methods, and the release', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    const { live } = (await attacker.ask('open')) as unknown as { live: { port: MessagePort; methods: string[] }[] };
    assert.deepEqual(live[0]?.methods, ['name', 'set', 'get']);
    const say = speaker(live[0]?.port as MessagePort);
    const attacks = [
      { type: 'CONSTRUCT', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] },
      { type: 'APPLY', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] },
      { type: 'APPLY', path: ['name', 'constructor'], argumentList: [{ type: 'RAW', value: pwn }] },
      { type: 'APPLY', path: ['constructor'], argumentList: [] },
      { type: 'APPLY', path: ['toString'], argumentList: [] },
      { type: 'APPLY', path: ['hasOwnProperty'], argumentList: [] },
      { type: 'APPLY', path: ['__proto__'], argumentList: [] },
      { type: 'APPLY', path: [['name']], argumentList: [] },
      { type: 'APPLY', path: [], argumentList: [] },
      { type: 'APPLY', path: 'name', argumentList: [] },
      { type: 'APPLY', path: ['name'], argumentList: 'x' },
      { type: 'APPLY', path: ['name'], argumentList: [null] },
      { type: 'APPLY', path: ['set'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: null }] },
      { type: 'APPLY', path: ['set'], argumentList: [{ type: 'HANDLER', name: 'throw', value: { isError: false, value: 1 } }] },
      { type: 'APPLY', path: ['name'], argumentList: Array.from({ length: 100 }, () => ({ type: 'RAW', value: 1 })) },
      { type: 'GET', path: [] },
      { type: 'GET', path: ['constructor', 'name'] },
      { type: 'SET', path: ['__proto__', 'polluted'], value: { type: 'RAW', value: true } },
      { type: 'SET', path: ['name'], value: { type: 'RAW', value: null } },
      { type: 'ENDPOINT' },
      { type: 'toString' },
      {},
    ];
    for (const message of attacks) {
      const { value } = await say(message);
      assert.equal(code(value as never), 'MALFORMED_MESSAGE', JSON.stringify(message));
    }
    assert.equal(core.stats().violations, attacks.length);
    for (const message of [null, 7, 'text', [], { id: 7, type: 'RELEASE' }, { type: 'RELEASE' }, { id: 'x'.repeat(1_000), type: 'APPLY' }]) live[0]?.port.postMessage(message);
    assert.deepEqual((await say({ type: 'APPLY', path: ['name'], argumentList: [] })).value, { result: 'a resource', live: undefined });
    assert.isUndefined((globalThis as { __pwned?: number }).__pwned);
    assert.isUndefined(({} as { polluted?: unknown }).polluted);
    assert.equal(core.stats().resources, 1);
    await say({ type: 'RELEASE' });
    assert.equal(core.stats().resources, 0);
    assert.equal(core.stats().violations, attacks.length + 7);
  });

  it('3, 13: guards the arguments of methods like any other', async () => {
    const { attack } = besieged({ nodes: 100 });
    const attacker = await attack();
    const { live } = (await attacker.ask('open')) as unknown as { live: { port: MessagePort }[] };
    const say = speaker(live[0]?.port as MessagePort);
    const set = async (value: unknown): Promise<string | undefined> => code((await say({ type: 'APPLY', path: ['set'], argumentList: [{ type: 'RAW', value }] })).value as never);
    assert.equal(await set(JSON.parse('{"__proto__": {"polluted": 1}}')), 'INVALID_ARGUMENTS');
    assert.equal(await set(new Array(1e7)), 'OVERLOADED');
    assert.isUndefined(await set('fine'));
  });

  it('48: a client that goes without a word leaves no resource behind', async () => {
    const { attack, core } = besieged();
    const attacker = await attack();
    for (let i = 0; i < 10; i++) await attacker.ask('open');
    assert.equal(core.stats().resources, 10);
    attacker.post({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'ended' } });
    await eventually('nothing is left', () => core.stats().resources === 0);
  });
});
