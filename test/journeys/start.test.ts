/** Cores that do not start: each says so, every call settles, and nothing is left running. */
import { assert } from 'chai';
import { CorralError, type LossReason } from 'corral';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { collectUncaught } from './uncaught.ts';
import { startWorkshop, type Workshop } from './workshop.ts';

const workshop = new URL('../support/cores/workshop.core.ts', import.meta.url).href;
const coreDoor = new URL('../../src/core.ts', import.meta.url).href;

/** A worker whose script is this text. */
function workerOf(script: string, type: 'classic' | 'module' = 'module'): Worker {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  atEnd(() => URL.revokeObjectURL(url));
  return new Worker(url, { type });
}

/** What a call, a listener and an emit reject with when this worker is the core. */
async function failure(source: () => Worker, options: { startTimeout?: number } = {}): Promise<CorralError<'CONNECTION_LOST'>> {
  const { invoke, listen, emit, stats } = open<Workshop>(source, options);
  const promises = [rejection(invoke.ping()), rejection(listen('tick', () => {})), rejection(emit('tick', 1)), rejection(invoke.echo('x', { timeout: 60_000 }))];
  const errors = (await Promise.all(promises)) as CorralError<'CONNECTION_LOST'>[];
  for (const error of errors) {
    assert.instanceOf(error, CorralError);
    assert.equal(error.code, 'CONNECTION_LOST');
    assert.equal(error.side, 'client');
    assert.equal(error.details.reason, errors[0]?.details.reason);
  }
  assert.deepEqual([stats().state, stats().calls, stats().listeners], ['closed', 0, 0]);
  assert.equal((await rejection(invoke.ping())).code, 'CONNECTION_LOST', 'also later');
  return errors[0] as CorralError<'CONNECTION_LOST'>;
}

const oneOf = (error: CorralError<'CONNECTION_LOST'>, reasons: LossReason[]): void => assert.include(reasons, error.details.reason);

// The platform reports what a worker throws to its page too.
beforeEach(() => void collectUncaught());

describe('a core whose script', () => {
  it('is missing', async () => {
    oneOf(await failure(() => new Worker('/odd/missing.js', { type: 'module' })), ['script']);
    oneOf(await failure(() => new Worker('/odd/missing.js')), ['script']);
  });

  it('is the page of a single-page app that answers every path', async () => {
    // WebKit says nothing about a module of a wrong type.
    oneOf(await failure(() => new Worker('/odd/html.js', { type: 'module' }), { startTimeout: 2000 }), ['script', 'not-started']);
    oneOf(await failure(() => new Worker('/odd/html.js'), { startTimeout: 2000 }), ['script', 'threw', 'not-started']);
  });

  it('comes with a wrong MIME type', async () => {
    oneOf(await failure(() => new Worker('/odd/wrong-mime.js', { type: 'module' }), { startTimeout: 2000 }), ['script', 'not-started']);
  });

  it('has a syntax error', async () => {
    oneOf(await failure(() => workerOf('const = 1;', 'module')), ['script', 'threw']);
    oneOf(await failure(() => workerOf('const = 1;', 'classic')), ['script', 'threw']);
  });

  it('imports what is missing', async () => {
    oneOf(await failure(() => workerOf(`import '${location.origin}/odd/missing.js';`)), ['script', 'threw']);
  });

  it('throws before it serves', async () => {
    const error = await failure(() => workerOf("throw new Error('no configuration');"));
    oneOf(error, ['threw']);
    assert.include(error.message, 'no configuration');
  });

  it('waits for ever before it serves', async () => {
    const error = await failure(() => workerOf(`await new Promise(() => {}); await import('${workshop}');`), { startTimeout: 300 });
    oneOf(error, ['not-started']);
    for (const word of ['300', 'serve', 'startTimeout']) assert.include(error.message, word);
  });

  it('awaits what rejects before it serves', async () => {
    // WebKit says nothing about it.
    oneOf(await failure(() => workerOf("await Promise.reject(new Error('no database'));"), { startTimeout: 2000 }), ['threw', 'not-started']);
  });

  it('never serves', async () => {
    oneOf(await failure(() => workerOf('onmessage = () => {};'), { startTimeout: 200 }), ['not-started']);
    oneOf(await failure(() => workerOf('onmessage = ({ data }) => postMessage(data);'), { startTimeout: 200 }), ['not-started']);
  });

  it('closes its worker at once', async () => {
    oneOf(await failure(() => workerOf('close();'), { startTimeout: 300 }), ['not-started', 'closed', 'died']);
  });

  it('is not asked for a second time: a first start that fails is a fault to be seen', async () => {
    let starts = 0;
    await failure(() => (starts++, new Worker('/odd/missing.js', { type: 'module' })));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(starts, 1);
  });
});

describe('a source', () => {
  it('that throws rejects every call with its words', async () => {
    const error = await failure(() => { throw new RangeError('no worker for you'); });
    assert.include(error.message, 'no worker for you');
    assert.instanceOf(error.cause, RangeError);
  });

  it('may return a promise of a worker', async () => {
    const { invoke } = open<Workshop>(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return startWorkshop();
    });
    assert.equal(await invoke.ping(), 'pong');
  });

  it('whose promise never settles is given up, and what it brings later is not used', async () => {
    let late!: (worker: Worker) => void;
    const error = await failure((() => new Promise<Worker>((resolve) => (late = resolve))) as never, { startTimeout: 50 });
    oneOf(error, ['not-started']);
    const worker = startWorkshop();
    const ended = new Promise<void>((resolve) => {
      worker.terminate = () => {
        Worker.prototype.terminate.call(worker);
        resolve();
      };
    });
    late(worker);
    await ended;
  });

  it('whose promise rejects is no different from one that throws', async () => {
    const error = await failure((async () => Promise.reject(new Error('the lock was denied'))) as never);
    assert.include(error.message, 'the lock was denied');
  });

  it('that returns no core is told so', async () => {
    for (const nothing of [undefined, null, {}, 5, { port: {} }, document.body]) {
      const error = await failure(() => nothing as never);
      oneOf(error, ['script']);
    }
  });

  it('whose promise resolves after the connection was closed starts nothing', async () => {
    const ended: string[] = [];
    const { close, invoke } = open<Workshop>(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const worker = startWorkshop();
      const { terminate } = worker;
      worker.terminate = () => (ended.push('terminated'), terminate.call(worker));
      return worker;
    });
    const call = rejection(invoke.ping());
    close();
    assert.equal((await call).code, 'CONNECTION_LOST');
    await eventually('it came, and was ended', () => ended.length > 0);
    assert.deepEqual(ended, ['terminated']);
  });
});

describe('a core that starts slowly', () => {
  it('gets the calls made meanwhile, in order', async () => {
    const { invoke } = open<Workshop>(() => new Worker(`/odd/slow.js?ms=300&then=${encodeURIComponent(workshop)}`, { type: 'module', name: unique() }));
    assert.deepEqual(await Promise.all([invoke.count(), invoke.count(), invoke.count()]), [1, 2, 3]);
  });

  it('hears a hello that came before it served', async () => {
    const late = `await new Promise((resolve) => setTimeout(resolve, 200)); await import('${workshop}');`;
    assert.equal(await open<Workshop>(() => workerOf(late)).invoke.ping(), 'pong');
  });

  it('may throw and recover, as long as it serves', async () => {
    // What it imports takes as long as it takes; what counts is the time from the accident on.
    const recovers = `await import('${coreDoor}'); setTimeout(() => { throw new Error('an accident on the way'); }); await new Promise((resolve) => setTimeout(resolve, 300)); await import('${workshop}');`;
    assert.equal(await open<Workshop>(() => workerOf(recovers)).invoke.ping(), 'pong');
  });

  it('may throw after it served: the core lives', async () => {
    const { invoke } = open<Workshop>(() => workerOf(`import '${workshop}'; throw new Error('late');`));
    assert.equal(await invoke.ping(), 'pong');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.equal(await invoke.ping(), 'pong');
  });
});
