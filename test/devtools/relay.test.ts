/** Another realm is inspected through a port: a core's worker by inspect(), anything else by the two ends of a channel. */
import { assert } from 'chai';
import { inspect, relay } from 'corral/devtools';
import { atEnd, eventually, open, openInProcess, rejection } from '../support/corral.ts';
import type { Inspected } from './inspected.core.ts';
import { createWorkshop, lineOf, show, told } from './support.ts';

const startInspected = (): Worker => new Worker(new URL('./inspected.core.ts', import.meta.url), { type: 'module' });

describe('an attached realm', () => {
  it("is the core's worker, with the verdicts of its gate and no violation counted", async () => {
    const inspector = show();
    const worker = startInspected();
    atEnd(() => worker.terminate());
    const end = inspector.attach(inspect(worker), 'core');
    const { invoke } = open<Inspected>(worker);
    await invoke.greet({ name: 'Ada' });
    assert.equal((await rejection(invoke.secret())).code, 'NOT_ALLOWED');
    await eventually('the core has told of it', () => told(inspector, 'core: main').filter(({ outcome }) => outcome !== 'open').length === 2);
    const seen = told(inspector, 'core: main').map(({ name, outcome, verdict }) => [name, outcome, verdict]);
    assert.deepEqual(seen, [
      ['greet', 'done', 'Granted by the capability `page`.'],
      ['secret', 'refused', 'Nothing grants it.'],
    ]);
    assert.deepEqual(told(inspector, 'core: inspected').map(({ what, name }) => `${what} ${name}`), ['grant page']);
    assert.notInclude(inspector.transcript(), 'MALFORMED');
    end();
  });

  it('is counted once where both ends are seen, and what is open there ends when it is taken away', async () => {
    const inspector = show();
    const worker = startInspected();
    const end = inspector.attach(inspect(worker), 'core');
    const { invoke } = open<Inspected>(worker);
    const sleeping = rejection(invoke.sleep());
    await eventually('both ends have told of it', () => told(inspector, 'core: main').length === 1);
    assert.equal(inspector.counts().calls, 1);
    assert.equal(inspector.counts('core: main').calls, 1);
    worker.terminate();
    end();
    assert.equal(lineOf(inspector, 'sleep', 'call', 'core: main').outcome, 'lost');
    assert.equal((await sleeping).code, 'CONNECTION_LOST');
    assert.equal(inspector.counts().calls, 0);
  });

  for (const [first, order] of [['relay', ['relay', 'inspector']], ['inspector', ['inspector', 'relay']]] as const) {
    it(`may come by a BroadcastChannel, the ${first} first, with what it saw before`, async () => {
      const { invoke } = openInProcess(createWorkshop(), { label: `early-${first}` });
      await invoke.greet({ name: 'Ada' });
      const inspector = show({ 'attached-only': '' });
      const name = `corral-test-${first}`;
      const [near, far] = [new BroadcastChannel(name), new BroadcastChannel(name)];
      atEnd(() => [near, far].forEach((port) => port.close()));
      const start = { relay: () => relay(far), inspector: () => inspector.attach(near, 'there') };
      for (const who of order) {
        atEnd(start[who]());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await eventually('it has told of the past', () => told(inspector, `there: early-${first}`).length === 1);
      await invoke.echo(2);
      await eventually('it tells of the present', () => told(inspector, `there: early-${first}`).length === 2);
      assert.deepEqual(told(inspector, `there: early-${first}`).map(({ name: command }) => command), ['greet', 'echo']);
      assert.lengthOf(told(inspector, `early-${first}`), 0);
    });
  }

  it('may be a sandboxed frame, through a port that it posts to its window', async () => {
    const inspector = show();
    const frame = document.createElement('iframe');
    frame.sandbox.add('allow-scripts');
    frame.src = new URL('./relaying.html', import.meta.url).href;
    const port = new Promise<MessagePort>((resolve) => {
      const onMessage = ({ source, data }: MessageEvent): void => {
        if (source !== frame.contentWindow) return;
        removeEventListener('message', onMessage);
        resolve((data as { port: MessagePort }).port);
      };
      addEventListener('message', onMessage);
    });
    document.body.append(frame);
    atEnd(() => frame.remove());
    inspector.attach(await port, 'preview');
    await eventually('the frame has told of its call', () => told(inspector, 'preview: main').some(({ outcome }) => outcome === 'done'));
    assert.deepInclude(lineOf(inspector, 'greet', 'call', 'preview: main'), { outcome: 'done', answer: 'Hello from inside' });
  });

  it('drops the oldest for an inspector that does not read, and says how many', async () => {
    const { port1, port2 } = new MessageChannel();
    const end = relay(port1);
    const batches: { captures: unknown[]; dropped: number }[] = [];
    port2.onmessage = ({ data }) => void (data.corral === 'batch' && batches.push(data));
    port2.postMessage({ corral: 'begin', who: 'me' });
    await eventually('the first batch has come', () => batches.length === 1);
    const { invoke } = openInProcess(createWorkshop());
    for (let done = 0; done < 6_000; done += 1_000) await Promise.all(Array.from({ length: 1_000 }, (_, n) => invoke.echo(n)));
    assert.lengthOf(batches, 1);
    port2.postMessage({ corral: 'next', who: 'me' });
    await eventually('the next has come', () => batches.length === 2);
    assert.isAbove(batches[1]?.dropped as number, 10_000);
    assert.isAtMost(batches[1]?.captures.length as number, 500);
    end();
    port1.close();
  });

  it('takes nothing for a message that is none', async () => {
    const inspector = show();
    const { port1, port2 } = new MessageChannel();
    atEnd(inspector.attach(port1, 'odd'));
    for (const odd of [null, 'text', { corral: 'batch' }, { corral: 'batch', captures: [null, {}, { kind: 'sent', link: 1 }, { kind: 'opened', link: 1, side: 'odd' }, { kind: 'sent', link: 1, method: 7, params: { is: 'map' } }] }]) port2.postMessage(odd);
    const { invoke } = openInProcess(createWorkshop());
    await invoke.greet({ name: 'Ada' });
    assert.equal(lineOf(inspector, 'greet').outcome, 'done');
    port1.close();
  });
});
