/** What a client keeps back from a core that has not read what it was sent. */
import { assert } from 'chai';
import { eventually, open, rejection } from '../support/corral.ts';
import { fakeCore } from './fake-core.ts';

type Any = (command: string, args?: unknown, options?: object) => Promise<unknown>;
const MEGABYTE = 1024 * 1024;

/** A connection to a core that reads only when the test says so: then it answers the ping that asks whether it has. */
async function welcomed() {
  const core = fakeCore();
  const connection = open(core.port);
  await core.welcome();
  await eventually('it is open', () => connection.stats().state === 'open');
  const named = (name: string) => core.said.filter(({ method }) => method === name).length;
  /** Not the heartbeat's pings, which a busy machine gets to as well. */
  const asks = () => core.said.filter(({ method, id }) => method === '$/ping' && String(id).startsWith('read '));
  let read = 0;
  return {
    ...connection,
    core,
    named,
    asks,
    call: (name: string, args?: unknown, options?: object) => {
      const call = (connection.invoke as unknown as Any)(name, args, options);
      call.catch(() => {});
      return call;
    },
    /** Resolves when all has arrived that was posted before. */
    async settled(): Promise<void> {
      core.say({ jsonrpc: '2.0', method: '$/ping', id: `settled ${++read}` });
      await eventually('it was heard', () => core.said.some(({ id }) => id === `settled ${read}`));
    },
    async reads(): Promise<void> {
      await eventually('it asked', () => asks().length > 0);
      const [ping] = core.said.splice(core.said.indexOf(asks()[0] as never), 1);
      core.say({ jsonrpc: '2.0', id: ping?.id, result: null });
    },
  };
}

describe('a core that does not read', () => {
  it('is sent 16 MB and no more, and the rest when it has read them, in order', async () => {
    const { call, core, named, settled, reads } = await welcomed();
    for (let index = 0; index < 50; index++) call('take', { index, bytes: new ArrayBuffer(4 * MEGABYTE) });
    call('last');
    await settled();
    assert.equal(named('take'), 4);
    assert.equal(named('last'), 0);
    await reads();
    await eventually('more came', () => named('take') === 8);
    for (let more = 0; more < 11; more++) {
      const before = named('take');
      await reads();
      await eventually('more came', () => named('take') > before);
    }
    await eventually('the last came', () => named('last') === 1);
    const order = core.said.filter(({ method }) => method === 'take').map(({ params }) => params?.['index']);
    assert.deepEqual(order, Array.from({ length: 50 }, (_, index) => index));
  });

  it('that answers has read what it was sent before, and is asked nothing', async () => {
    const { call, core, named, asks } = await welcomed();
    for (let index = 1; index <= 5; index++) {
      const answered = call('take', { bytes: new ArrayBuffer(10 * MEGABYTE) });
      await eventually('it came', () => named('take') === index);
      core.say({ jsonrpc: '2.0', id: core.said.findLast(({ method }) => method === 'take')?.id, result: index });
      assert.equal(await answered, index);
    }
    assert.lengthOf(asks(), 0);
  });

  it('counts strings and what lies deeper, and lets one call be as large as it likes', async () => {
    const { call, named, settled } = await welcomed();
    call('take', { pages: [{ text: 'x'.repeat(20 * MEGABYTE) }] });
    call('take', {});
    await settled();
    assert.equal(named('take'), 1);
  });

  it('is sent as many small calls as ever', async () => {
    const { call, named, settled } = await welcomed();
    for (let index = 0; index < 5_000; index++) call('take', { text: 'x'.repeat(10_000) });
    await settled();
    assert.equal(named('take'), 5_000);
  });

  it('hears at once what concerns a call that it was sent', async () => {
    const { call, named, settled } = await welcomed();
    const given = new AbortController();
    call('take', { bytes: new ArrayBuffer(16 * MEGABYTE) }, { signal: given.signal });
    call('take', {});
    given.abort();
    await settled();
    assert.equal(named('take'), 1);
    assert.equal(named('$/cancelRequest'), 1);
  });

  it('is not asked for what was cancelled meanwhile', async () => {
    const { call, named, settled, reads, stats } = await welcomed();
    call('take', { bytes: new ArrayBuffer(16 * MEGABYTE) });
    const given = new AbortController();
    const waits = call('wait', {}, { signal: given.signal });
    given.abort();
    assert.equal((await rejection(waits)).name, 'AbortError');
    await reads();
    call('last');
    await eventually('the last came', () => named('last') === 1);
    await settled();
    assert.equal(named('wait') + named('$/cancelRequest'), 0);
    assert.equal(stats().calls, 2);
  });

  it('gets what was said when it was said, however late it is sent', async () => {
    const { call, core, reads } = await welcomed();
    call('take', { bytes: new ArrayBuffer(16 * MEGABYTE) });
    const note = { text: 'then', tags: ['old'] };
    call('keep', note);
    note.tags[0] = 'new';
    await reads();
    assert.deepEqual((await core.heard('keep')).params, { text: 'then', tags: ['old'] });
  });

  it('and is lost: what it was sent rejects, what waited goes to the next core, once and in order', async () => {
    const cores = [fakeCore(), fakeCore()] as const;
    let next = 0;
    const { invoke, stats } = open(() => cores[next++]!.port, { restart: { delay: 1 } });
    await cores[0].welcome();
    await eventually('it is open', () => stats().state === 'open');
    const call = invoke as unknown as Any;
    const sent = rejection(call('sent', { bytes: new ArrayBuffer(16 * MEGABYTE) }));
    const given = new ArrayBuffer(20 * MEGABYTE);
    const waits = [call('first', { given }, { transfer: [given] }), call('second')];
    for (const one of waits) one.catch(() => {});
    assert.equal(given.byteLength, 20 * MEGABYTE, 'not given away before it is sent');
    cores[0].say({ jsonrpc: '2.0', method: '$/bye', params: { reason: 'closed' } });
    assert.equal((await sent).code, 'CONNECTION_LOST');
    await cores[1].welcome();
    const { id } = await cores[1].heard('first');
    assert.equal(given.byteLength, 0);
    assert.isFalse(cores[1].said.some(({ method }) => method === 'second'), 'it has not read the first yet');
    cores[1].say({ jsonrpc: '2.0', id, result: 1 });
    cores[1].say({ jsonrpc: '2.0', id: (await cores[1].heard('second')).id, result: 2 });
    assert.deepEqual(await Promise.all(waits), [1, 2]);
    assert.isFalse([...cores[0].said, ...cores[1].said].filter(({ method }) => method === 'sent').length > 1, 'nothing is sent twice');
  });

  it('and one that refuses to say whether it has read lets the next calls go', async () => {
    const { call, core, named } = await welcomed();
    call('take', { bytes: new ArrayBuffer(16 * MEGABYTE) });
    call('next');
    const { id } = await core.heard('$/ping');
    core.say({ jsonrpc: '2.0', id, error: { code: -32002, message: 'Too much.', data: { code: 'OVERLOADED' } } });
    await eventually('the next came', () => named('next') === 1);
  });

  it('and a call that cannot be cloned, however heavy, keeps nobody waiting for it', async () => {
    const { call, named, reads, stats } = await welcomed();
    const failed = rejection(call('take', { bytes: new ArrayBuffer(20 * MEGABYTE), deep: { no: () => {} } }));
    call('next');
    assert.equal((await failed).code, 'NOT_CLONEABLE');
    await reads();
    await eventually('the next came', () => named('next') === 1);
    assert.equal(named('take'), 0);
    assert.equal(stats().strays, 0);
  });
});
