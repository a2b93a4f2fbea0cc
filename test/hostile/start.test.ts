/** Cores that never come up: every call rejects, and the error says why as far as the engine knows. */
import { assert } from 'chai';
import { connect } from 'corral';
import { atEnd, eventually, open, rejection } from '../support/corral.ts';
import { otherOrigin } from '../support/origins.ts';
import type { Starting } from '../support/cores/hostile-start.core.ts';
import type { Notes } from '../support/cores/notes.core.ts';

const startUrl = (fault: string): URL => new URL(`../support/cores/hostile-start.core.ts?${fault}`, import.meta.url);
const awaitUrl = (fault: string): URL => new URL(`../support/cores/hostile-await.core.ts?${fault}`, import.meta.url);
const starting = (url: URL, startTimeout = 50_000) =>
  open<Starting>(() => quiet(new Worker(url, { type: 'module' })), { startTimeout });

/** Its errors are what is tested here: they are no errors of this page. */
function quiet(worker: Worker): Worker {
  worker.addEventListener('error', (event) => event.preventDefault());
  return worker;
}
const notesUrl = new URL('../support/cores/notes.core.ts', import.meta.url);

/** Why the calls of a core that never came up were rejected; all of them for one reason. */
async function lossOf(connection: ReturnType<typeof starting>): Promise<string> {
  const lost: { reason: string; restarting: boolean }[] = [];
  // A source that throws at once leaves nothing to listen to.
  const listening =
    connection.stats().state === 'opening'
      ? await connection.listen('corral:core-lost', ({ payload }) => void lost.push(payload))
      : undefined;
  const never = rejection(connection.listen('corral:client-left', () => {}));
  const errors = await Promise.all([rejection(connection.invoke.greet()), rejection(connection.invoke.greet()), never]);
  for (const error of errors) assert.deepInclude(error, { code: 'CONNECTION_LOST', side: 'client' });
  const reasons = errors.map(({ details }) => (details as unknown as { reason: string }).reason);
  assert.lengthOf(new Set(reasons), 1);
  // A core that never was up is not asked for again: it would fail in the same way.
  if (listening) assert.lengthOf(lost, 1);
  for (const { reason, restarting } of lost) assert.deepEqual([reason, restarting], [reasons[0], false]);
  assert.deepInclude(connection.stats(), { state: 'closed', calls: 0, listeners: 0 });
  assert.equal((await rejection(connection.invoke.greet())).code, 'CONNECTION_LOST');
  return reasons[0] as string;
}

/** A script as a worker of its own, e.g. one with a syntax error. */
function scripted(script: string): string {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  atEnd(() => URL.revokeObjectURL(url));
  return url;
}

/** A frame of this origin under that policy. A worker made with its constructor obeys its policy. */
async function framed(policy: string): Promise<typeof globalThis> {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><title>framed</title>`;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  atEnd(() => frame.remove());
  await loaded;
  return frame.contentWindow as never;
}

describe('hostile starts', () => {
  it('50: a script that throws before it serves is told with its own words', async () => {
    const connection = starting(startUrl('throw-before'));
    const calling = rejection(connection.invoke.greet());
    assert.equal(await lossOf(connection), 'threw');
    assert.include((await calling).message, 'thrown before');
  });

  it('50: a script that throws after it serves goes on serving', async () => {
    const connections = [startUrl('throw-after'), ...['reject-after', 'never-after', 'late'].map(awaitUrl)].map((url) =>
      starting(url),
    );
    for (const { invoke } of connections) assert.equal(await invoke.greet(), 'hello');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    for (const { invoke, stats } of connections) {
      assert.equal(await invoke.greet(), 'hello');
      assert.equal(stats().state, 'open');
    }
  });

  it('50: a script whose top level rejects, or never ends, before it serves', async () => {
    // WebKit says nothing of a rejected top level.
    const urls = [awaitUrl('reject-before'), awaitUrl('never-before'), startUrl('no-serve')];
    const [rejected, ...silent] = await Promise.all(urls.map((url) => lossOf(starting(url, 3_000))));
    assert.include(['threw', 'script', 'not-started'], rejected);
    assert.deepEqual(silent, ['not-started', 'not-started']);
  });

  it('50: a setup that throws refuses with its cause, and one that never ends is given up', async () => {
    const failed = starting(startUrl('setup-throws'));
    const error = await rejection(failed.invoke.greet());
    assert.equal(error.code, 'CONNECTION_REFUSED');
    assert.deepInclude(error.details as unknown as object, { reason: 'setup' });
    assert.include(error.message, 'no disk');
    assert.equal((await rejection(failed.invoke.greet())).code, 'CONNECTION_REFUSED');
    assert.equal(await lossOf(starting(startUrl('setup-never'), 1_500)), 'not-started');
  });

  it('50: a worker that is no core, or a source that gives nothing to connect to', async () => {
    assert.equal(
      await lossOf(
        open(() => new Worker(scripted('postMessage("up"); postMessage(null); postMessage({ jsonrpc: "2.0" });')), {
          startTimeout: 1_000,
        }),
      ),
      'not-started',
    );
    const sources = [
      () => undefined,
      () => ({}),
      () => null,
      () => Promise.reject(new Error('no core today')),
      () => {
        throw new Error('no core today');
      },
    ];
    for (const source of sources) assert.equal(await lossOf(open(source as never)), 'script');
  });

  it('51: a script that is missing, a page, no script, broken, or imports what is missing', async () => {
    const missing = new URL('/odd/missing.js', location.href).href;
    const urls = [
      '/odd/wrong-mime.js',
      '/odd/missing.js',
      '/odd/html.js',
      scripted('this is no script'),
      scripted(`import ${JSON.stringify(missing)};`),
    ];
    const [mistyped, ...others] = await Promise.all(
      urls.map((url, index) =>
        lossOf(open(() => quiet(new Worker(url, { type: 'module' })), { startTimeout: index === 0 ? 5_000 : 50_000 })),
      ),
    );
    // WebKit says nothing of a module with the wrong type.
    assert.include(['script', 'not-started'], mistyped);
    for (const reason of others) assert.include(['script', 'threw'], reason);
  });

  it('51: the same as a classic worker', async () => {
    const missing = new URL('/odd/missing.js', location.href).href;
    const urls = [
      '/odd/missing.js',
      '/odd/html.js',
      scripted('this is no script'),
      scripted(`importScripts(${JSON.stringify(missing)})`),
    ];
    const reasons = await Promise.all(
      urls.map((url) => lossOf(open(() => quiet(new Worker(url)), { startTimeout: 50_000 }))),
    );
    for (const reason of reasons) assert.include(['script', 'threw'], reason);
  });

  it('51: a shared worker whose script is missing', async () => {
    assert.include(
      ['script', 'not-started'],
      await lossOf(open(() => new SharedWorker('/odd/missing.js', { type: 'module' }), { startTimeout: 3_000 })),
    );
  });

  it("38: a policy of `worker-src 'none'`", async () => {
    const frame = await framed("worker-src 'none'");
    assert.equal(
      await lossOf(open(() => new frame.Worker(notesUrl, { type: 'module' }), { startTimeout: 50_000 })),
      'script',
    );
  });

  it('38: a page that requires trusted types, with a plain URL and with a trusted one', async () => {
    const frame = await framed("require-trusted-types-for 'script'");
    const { trustedTypes } = frame as unknown as {
      trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
    };
    if (trustedTypes)
      assert.equal(
        await lossOf(open(() => new frame.Worker(notesUrl, { type: 'module' }), { startTimeout: 50_000 })),
        'script',
      );
    const policy = trustedTypes?.createPolicy('corral-tests', { createScriptURL: (url: string) => url });
    const { invoke } = open<Notes>(
      () => new frame.Worker(policy?.createScriptURL(notesUrl.href) ?? notesUrl, { type: 'module' }),
    );
    assert.equal(await invoke.greet({ name: 'Ada' }), 'Hello, Ada!');
  });

  it('38: a script without COEP on an isolated page, and a script of another origin', async () => {
    assert.isTrue(crossOriginIsolated);
    const bare = new URL(notesUrl);
    bare.searchParams.set('coi', '0');
    assert.include(
      ['script', 'not-started'],
      await lossOf(open(() => new Worker(bare, { type: 'module' }), { startTimeout: 3_000 })),
    );
    const foreign = new URL(notesUrl.pathname, otherOrigin());
    assert.equal(await lossOf(open(() => new Worker(foreign, { type: 'module' }), { startTimeout: 50_000 })), 'script');
  });

  it('38: a worker that the page made itself is told of in the same way, and stays its own', async () => {
    const worker = new Worker('/odd/missing.js', { type: 'module' });
    assert.equal(await lossOf(open(worker, { startTimeout: 50_000 })), 'script');
    const alive = new Worker(notesUrl, { type: 'module' });
    atEnd(() => alive.terminate());
    const first = connect<Notes>(alive);
    assert.equal(await first.invoke.greet({ name: 'Ada' }), 'Hello, Ada!');
    first.close();
    const second = open<Notes>(alive);
    assert.equal(await second.invoke.greet({ name: 'Grace' }), 'Hello, Grace!');
    await eventually('the first one is closed', () => first.stats().state === 'closed');
  });
});
