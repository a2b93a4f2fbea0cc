/** Where a core may live: a worker, a shared worker, a port, or a script on another origin. */
import { assert } from 'chai';
import { crossOriginWorker } from 'corral';
import { serve, createCore, command } from 'corral/core';
import { linkPair } from 'corral/testing';
import { collectUncaught } from '../journeys/uncaught.ts';
import { sharedName, shareWorkshop, startWorkshop, type Workshop } from '../journeys/workshop.ts';
import { atEnd, open, rejection } from '../support/corral.ts';
import { otherOrigin } from '../support/origins.ts';
import { unique } from '../support/unique.ts';

describe('a source', () => {
  it('may be a Worker, or a function that returns one', async () => {
    const worker = startWorkshop();
    atEnd(() => worker.terminate());
    assert.equal(await open<Workshop>(worker).invoke.ping(), 'pong');
    assert.equal(await open<Workshop>(() => startWorkshop()).invoke.ping(), 'pong');
  });

  it('may be a SharedWorker, or a function that returns one', async () => {
    for (const wrap of [(shared: SharedWorker) => shared, (shared: SharedWorker) => () => shared]) {
      const connection = open<Workshop>(wrap(shareWorkshop(sharedName())));
      atEnd(connection.close);
      assert.equal(await connection.invoke.ping(), 'pong');
    }
  });

  it('may be a MessagePort, or a function that returns one', async () => {
    const core = createCore({ name: unique(), commands: { ping: command({ handler: () => 'pong' }) } });
    for (const wrap of [(port: MessagePort) => port, (port: MessagePort) => () => port, (port: MessagePort) => async () => Promise.resolve(port)]) {
      const { port1, port2 } = new MessageChannel();
      atEnd(serve(core, port1));
      const connection = open<typeof core>(wrap(port2));
      atEnd(connection.close);
      assert.equal(await connection.invoke.ping(), 'pong');
    }
  });

  it('may be anything of the same shape', async () => {
    const core = createCore({ name: unique(), commands: { ping: command({ handler: () => 'pong' }) } });
    const [near, far] = linkPair();
    atEnd(serve(core, far as unknown as MessagePort));
    const connection = open<typeof core>(near as unknown as MessagePort);
    atEnd(connection.close);
    assert.equal(await connection.invoke.ping(), 'pong');
  });
});

describe('crossOriginWorker', () => {
  const script = (file: string): string => `${otherOrigin()}/test/support/cores/${file}`;

  it('starts a core whose module is on another origin, where `new Worker` is refused', async () => {
    const { invoke } = open<Workshop>(() => crossOriginWorker(script('workshop.core.ts'), { type: 'module', name: unique() }));
    assert.equal(await invoke.ping(), 'pong');
    assert.equal(await invoke.echo('across') as unknown, 'across');
  });

  it('starts a core whose classic script is on another origin', async () => {
    const { invoke } = open(() => crossOriginWorker(script('classic.js')));
    assert.deepEqual(await (invoke as unknown as (name: string, args: unknown) => Promise<unknown>)('add', [2, 3]), 5);
  });

  it('takes a URL relative to the page, and gives the worker its name', async () => {
    const name = unique('named');
    const { invoke, listen } = open<Workshop>(() => crossOriginWorker('/test/support/cores/workshop.core.ts', { type: 'module', name }));
    await listen('tick', () => {});
    assert.equal(await invoke.ping(), 'pong');
  });

  it('of a script that is missing there is a lost connection', async () => {
    collectUncaught();
    for (const type of ['module', 'classic'] as const) {
      const { invoke } = open<Workshop>(() => crossOriginWorker(`${otherOrigin()}/odd/missing.js`, { type }), { startTimeout: 3000 });
      assert.equal((await rejection(invoke.ping())).code, 'CONNECTION_LOST');
    }
  });

  it('cannot be made to run other code by what is in the URL', async () => {
    collectUncaught();
    const url = `${otherOrigin()}/odd/missing.js?'");postMessage({jsonrpc:'2.0',method:'$/ready'});//\n`;
    const worker = crossOriginWorker(url, { type: 'classic' });
    atEnd(() => worker.terminate());
    const said: unknown[] = [];
    worker.onmessage = ({ data }) => said.push(data);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(said, []);
  });
});
