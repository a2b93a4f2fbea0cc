/** Being welcomed or refused: version, label, number of clients. */
import { assert } from 'chai';
import type { CorralError } from 'corral';
import { command, createCore } from 'corral/core';
import { corralLocks, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

const core = (options: { version?: string } = {}) =>
  createCore({ ...options, name: unique('shop'), commands: { ping: command({ handler: () => 'pong' }) } });

type Refused = CorralError<'CONNECTION_REFUSED'>;

describe('a client that asks for a version', () => {
  it('is accepted when the core has it, or when it asks for none', async () => {
    assert.equal(await openInProcess(core({ version: '7' }), { version: '7' }).invoke.ping(), 'pong');
    assert.equal(await openInProcess(core({ version: '7' })).invoke.ping(), 'pong');
    assert.equal(await openInProcess(core()).invoke.ping(), 'pong');
  });

  it('is refused when the core has another, and told both', async () => {
    const { invoke, listen, stats } = openInProcess(core({ version: '7' }), { version: '6' });
    const errors = (await Promise.all([rejection(invoke.ping()), rejection(invoke.ping()), rejection(listen('corral:client-left', () => {}))])) as Refused[];
    for (const error of errors) {
      assert.equal(error.code, 'CONNECTION_REFUSED');
      assert.equal(error.side, 'core');
      assert.deepEqual(error.details, { reason: 'version', expected: '7', received: '6' });
      for (const word of ['7', '6', 'Reload']) assert.include(error.message, word);
    }
    assert.deepEqual([stats().state, stats().calls, stats().listeners], ['closed', 0, 0]);
    assert.equal((await rejection(invoke.ping())).code, 'CONNECTION_REFUSED', 'also later');
  });

  it('is refused when the core has none', async () => {
    const error = (await rejection(openInProcess(core(), { version: '6' }).invoke.ping())) as Refused;
    assert.equal(error.details.reason, 'version');
  });

  it('and is refused by a worker is not asked again, and its worker ends', async () => {
    let starts = 0;
    const terminated: string[] = [];
    const { invoke } = open<Workshop>(
      () => {
        starts++;
        const worker = startWorkshop();
        const { terminate } = worker;
        worker.terminate = () => (terminated.push('worker'), terminate.call(worker));
        return worker;
      },
      { version: '1', restart: { delay: 10 } },
    );
    assert.equal((await rejection(invoke.ping())).code, 'CONNECTION_REFUSED');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual([starts, terminated], [1, ['worker']]);
    await eventually('every lock is free', async () => (await corralLocks()).length === 0);
  });

  it('leaves a worker that it did not make to the next client', async () => {
    const worker = startWorkshop();
    assert.equal((await rejection(open<Workshop>(worker, { version: '1' }).invoke.ping())).code, 'CONNECTION_REFUSED');
    assert.equal(await open<Workshop>(worker, { version: '2' }).invoke.ping(), 'pong');
    worker.terminate();
  });
});

describe('a label', () => {
  it('may be 1 to 64 letters, digits or some signs', async () => {
    for (const label of ['a', 'main', 'preview-1', 'team/left.panel:2_x', 'x'.repeat(64)]) {
      assert.equal(await openInProcess(core(), { label }).invoke.ping(), 'pong', label);
    }
  });

  it('that is anything else is refused', async () => {
    for (const label of ['', 'two words', 'x'.repeat(65), 'ü', 'a*', '../<b>', 5 as never, {} as never]) {
      const error = (await rejection(openInProcess(core(), { label }).invoke.ping())) as Refused;
      assert.deepEqual([error.code, error.details.reason], ['CONNECTION_REFUSED', 'label'], String(label));
    }
  });
});

describe('a second client of one worker', () => {
  it('may follow the first, as a new client with a new id', async () => {
    const worker = startWorkshop();
    const ids: string[] = [];
    for (let round = 0; round < 2; round++) {
      const connection = open<Workshop>(worker);
      await connection.listen('corral:core-ready', ({ payload }) => ids.push(payload.client));
      assert.equal(await connection.invoke.ping(), 'pong');
      assert.equal((await connection.invoke.stats()).clients, 1);
      connection.close();
    }
    assert.lengthOf(new Set(ids), 2);
    worker.terminate();
  });
});
