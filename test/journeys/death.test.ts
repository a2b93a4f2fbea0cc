/** A core that ends: whatever ends it, every open call rejects once, and nothing is asked of the dead. */
import { assert } from 'chai';
import { command, createCore, event } from 'corral/core';
import * as v from 'valibot';
import type { CorralError } from 'corral';
import { atEnd, corralLocks, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { collectUncaught } from './uncaught.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

/** Calls, listeners and emits of every kind in flight, and what each rejects with. */
async function inFlight({ invoke, listen, emit }: ReturnType<typeof open<Workshop>>): Promise<() => Promise<CorralError<'CONNECTION_LOST'>[]>> {
  await invoke.ping();
  const settled: string[] = [];
  const calls = Array.from({ length: 50 }, (_, n) => rejection(invoke.work(`job ${n}`)).finally(() => settled.push(`job ${n}`)));
  await invoke.ping();
  return async () => {
    const errors = await Promise.all(calls);
    assert.lengthOf(settled, 50);
    for (const ask of [() => invoke.ping(), () => listen('tick', () => {}), () => emit('tick', 1)]) errors.push(await rejection(ask()));
    return errors as CorralError<'CONNECTION_LOST'>[];
  };
}

describe('every open call rejects with CONNECTION_LOST when the core', () => {
  const reasons = async (errors: Promise<CorralError<'CONNECTION_LOST'>[]>): Promise<string[]> => {
    const all = await errors;
    for (const { code, side } of all) assert.deepEqual([code, side], ['CONNECTION_LOST', 'client']);
    return [...new Set(all.map(({ details }) => details.reason))];
  };

  it('was terminated', async () => {
    const worker = startWorkshop();
    const errors = await inFlight(open<Workshop>(worker));
    worker.terminate();
    assert.deepEqual(await reasons(errors()), ['died']);
  });

  it('closed itself', async () => {
    const connection = open<Workshop>(() => startWorkshop(), { restart: false });
    const errors = await inFlight(connection);
    void connection.invoke.quit().catch(() => {});
    const [reason, ...more] = await reasons(errors());
    assert.include(['closed', 'died'], reason);
    assert.isEmpty(more);
  });

  it('was told to stop', async () => {
    const connection = open<Workshop>(() => startWorkshop(), { restart: false });
    const errors = await inFlight(connection);
    await connection.invoke.stop();
    assert.deepEqual(await reasons(errors()), ['closed']);
  });

  it('was terminated while it computes', async () => {
    const worker = startWorkshop();
    const connection = open<Workshop>(worker);
    const errors = await inFlight(connection);
    const looping = rejection(connection.invoke.loop(60_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    worker.terminate();
    assert.deepEqual(await reasons(errors()), ['died']);
    assert.equal((await looping).code, 'CONNECTION_LOST');
  });

  it('is left by close(), before and after it is up', async () => {
    const early = open<Workshop>(() => startWorkshop());
    const call = rejection(early.invoke.ping());
    early.close();
    assert.deepEqual((await call as CorralError<'CONNECTION_LOST'>).details, { reason: 'ended' });
    const connection = open<Workshop>(() => startWorkshop());
    const errors = await inFlight(connection);
    connection.close();
    assert.deepEqual(await reasons(errors()), ['ended']);
  });

  it('is left because the signal of the connection aborts', async () => {
    const controller = new AbortController();
    const connection = open<Workshop>(() => startWorkshop(), { signal: controller.signal });
    const errors = await inFlight(connection);
    controller.abort();
    assert.deepEqual(await reasons(errors()), ['ended']);
    assert.equal(connection.stats().state, 'closed');
    const never = open<Workshop>(() => assert.fail('The source was asked'), { signal: controller.signal });
    assert.equal((await rejection(never.invoke.ping())).code, 'CONNECTION_LOST');
  });
});

describe('a core that does not end', () => {
  it('because a handler, a timer or a promise throws outside of any call', async () => {
    const uncaught = collectUncaught();
    const { invoke } = open<Workshop>(() => startWorkshop());
    await invoke.ping();
    await invoke.crash();
    await eventually('the page was told of the throw', () => uncaught.length > 0);
    await invoke.reject();
    await eventually('the rejection was reported to onError', async () => (await invoke.failures()).length > 0);
    assert.include(String(await invoke.failures()), 'a rejection that nobody handles');
    assert.equal(await invoke.ping(), 'pong');
  });
});

describe('close', () => {
  it('terminates a worker that the source made, and leaves alone one that was given', async () => {
    const given = startWorkshop();
    atEnd(() => given.terminate());
    const terminated: string[] = [];
    given.terminate = () => void terminated.push('given');
    const one = open<Workshop>(given);
    const two = open<Workshop>(() => {
      const worker = startWorkshop();
      const { terminate } = worker;
      worker.terminate = () => (terminated.push('made'), terminate.call(worker));
      return worker;
    });
    await Promise.all([one.invoke.ping(), two.invoke.ping()]);
    one.close();
    two.close();
    assert.deepEqual(terminated, ['made']);
    const again = open<Workshop>(given);
    assert.equal(await again.invoke.ping(), 'pong', 'the given one serves the next connection');
    again.close();
    Worker.prototype.terminate.call(given);
  });

  it("aborts what the client has open in the core, and takes it off the core's books", async () => {
    const aborted: string[] = [];
    const core = createCore({
      name: unique(),
      events: { tick: event(v.number()) },
      commands: {
        wait: command({ handler: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => { aborted.push((signal.reason as Error).name); reject(signal.reason as Error); })) }),
        ping: command({ handler: () => 1 }),
      },
    });
    const stays = openInProcess(core, { label: 'stays' });
    const goes = openInProcess(core, { label: 'goes' });
    await goes.listen('tick', () => {});
    const call = rejection(goes.invoke.wait());
    await Promise.all([goes.invoke.ping(), stays.invoke.ping()]);
    assert.deepEqual(core.stats(), { clients: 2, calls: 1, listeners: 1, channels: 0, resources: 0, violations: 0 });
    goes.close();
    await call;
    await eventually('the core let go of it', () => core.stats().clients === 1);
    assert.deepEqual(core.stats(), { clients: 1, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 0 });
    assert.deepEqual(aborted, ['AbortError']);
    assert.equal(await stays.invoke.ping(), 1);
  });

  it('gives up every lock', async () => {
    const { invoke, close } = open<Workshop>(() => startWorkshop());
    await invoke.ping();
    assert.isAtLeast((await corralLocks()).length, 2);
    close();
    await eventually('none is left', async () => (await corralLocks()).length === 0);
  });
});

describe('stop', () => {
  it('ends the service of a worker: what is posted to it afterwards is not answered', async () => {
    const worker = startWorkshop();
    atEnd(() => worker.terminate());
    const { invoke, stats } = open<Workshop>(worker, { restart: false });
    await invoke.stop();
    await eventually('the client was told', () => stats().state === 'closed');
    assert.equal((await rejection(invoke.ping())).code, 'CONNECTION_LOST');
    const answers: unknown[] = [];
    worker.onmessage = ({ data }) => answers.push(data);
    worker.postMessage({ jsonrpc: '2.0', id: 1, method: 'count' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(answers, []);
  });

  it('of one port leaves the clients of the others alone', async () => {
    const core = createCore({ name: unique(), commands: { ping: command({ handler: () => 1 }) } });
    const [one, two] = [openInProcess(core), openInProcess(core)];
    await Promise.all([one.invoke.ping(), two.invoke.ping()]);
    one.stop();
    one.stop();
    assert.equal((await rejection(one.invoke.ping()) as CorralError<'CONNECTION_LOST'>).details.reason, 'closed');
    assert.equal(await two.invoke.ping(), 1);
  });

  it('may be followed by another service, which is set up no second time', async () => {
    let setups = 0;
    const core = createCore({ name: unique(), setup: () => void setups++, commands: { ping: command({ handler: () => 1 }) } });
    const one = openInProcess(core);
    await one.invoke.ping();
    one.close();
    assert.equal(await openInProcess(core).invoke.ping(), 1);
    assert.equal(setups, 1);
  });
});
