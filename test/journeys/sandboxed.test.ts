/** A sandboxed frame as a client: no locks, no bus; it is fed over the port that the page handed to it. */
import { assert } from 'chai';
import { command, createCore, event, serve } from 'corral/core';
import * as v from 'valibot';
import { atEnd, eventually, openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

const make = () =>
  createCore({
    name: unique(),
    events: { tick: event(v.number()), theme: event(v.string(), { retain: true }) },
    commands: { echo: command({ args: v.any(), handler: (value: unknown, { client: { label } }) => ({ label, value }) }) },
  });

/** A frame without an origin that is a client of the core, and what it told. */
async function openFrame(core: ReturnType<typeof make>) {
  const told: { what: string; value: unknown }[] = [];
  const onMessage = ({ data, source }: MessageEvent): void => void (source === frame.contentWindow && told.push(data as never));
  addEventListener('message', onMessage);
  atEnd(() => removeEventListener('message', onMessage));
  const frame = document.createElement('iframe');
  frame.sandbox.add('allow-scripts');
  frame.src = new URL('./sandboxed.html', import.meta.url).href;
  document.body.append(frame);
  atEnd(() => frame.remove());
  await eventually('the frame loaded', () => told.some(({ what }) => what === 'loaded'));
  const { port1, port2 } = new MessageChannel();
  atEnd(serve(core, port1));
  frame.contentWindow?.postMessage('connect', '*', [port2]);
  const of = (what: string): unknown[] => told.filter((one) => one.what === what).map(({ value }) => value);
  await eventually('it listens and was answered', () => of('answer').length > 0);
  return { frame, of };
}

describe('a sandboxed frame', () => {
  it('is a client like any other: answered, and fed with events over its link, in order', async () => {
    const core = make();
    await core.emit('theme', 'dark');
    const { of } = await openFrame(core);
    assert.deepEqual(of('answer'), [{ label: 'sandboxed', value: { from: 'the frame', origin: 'null' } }]);
    for (let n = 0; n < 100; n++) void core.emit('tick', n);
    await eventually('it heard all', () => of('tick').length === 100);
    assert.deepEqual(of('tick'), Array.from({ length: 100 }, (_, n) => n));
    assert.deepEqual(of('theme'), ['dark']);
  });

  it('hears the same as a client on the bus', async () => {
    const core = make();
    const { listen } = openInProcess(core, { label: 'page' });
    const heard: number[] = [];
    await listen('tick', ({ payload }) => heard.push(payload));
    const { of } = await openFrame(core);
    for (let n = 0; n < 50; n++) await core.emit('tick', n);
    await eventually('both heard all', () => heard.length === 50 && of('tick').length === 50);
    assert.deepEqual(of('tick'), heard);
  });

  it('that says goodbye is let go', async () => {
    const core = make();
    const { frame } = await openFrame(core);
    assert.deepEqual(core.stats(), { clients: 1, calls: 0, listeners: 2, channels: 0, resources: 0, violations: 0 });
    frame.contentWindow?.postMessage('close', '*');
    await eventually('it was let go', () => core.stats().clients === 0);
    assert.deepEqual(core.stats(), { clients: 0, calls: 0, listeners: 0, channels: 0, resources: 0, violations: 0 });
  });
});
