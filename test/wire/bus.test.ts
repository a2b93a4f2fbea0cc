/** A bus: a BroadcastChannel that is framed like a link, or nothing where there is none. */
import { assert } from 'chai';
import { openBus } from '../../src/wire/bus.ts';
import { atEnd, eventually } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

describe('openBus', () => {
  it('says the messages of one tick as one frame, and hands on each alone', async () => {
    const name = unique('bus');
    const heard: unknown[] = [];
    const raw: unknown[] = [];
    const listener = openBus(name, (message) => heard.push(message));
    const witness = new BroadcastChannel(name);
    witness.onmessage = ({ data }) => raw.push(data);
    const speaker = openBus(name, () => assert.fail('It heard itself'));
    for (let n = 0; n < 3; n++) speaker?.send({ n });
    await eventually('all were heard', () => heard.length === 3 && raw.length > 0);
    assert.deepEqual(heard, [{ n: 0 }, { n: 1 }, { n: 2 }]);
    assert.deepEqual(raw, [[{ n: 0 }, { n: 1 }, { n: 2 }]]);
    for (const bus of [listener, speaker]) bus?.close(true);
    witness.close();
  });

  it('hands on whatever was said, frame or not', async () => {
    const name = unique('bus');
    const heard: unknown[] = [];
    const bus = openBus(name, (message) => heard.push(message));
    const stranger = new BroadcastChannel(name);
    for (const message of ['text', null, [], [1, [2]], { a: 1 }]) stranger.postMessage(message);
    await eventually('all were heard', () => heard.length === 5);
    assert.deepEqual(heard, ['text', null, 1, [2], { a: 1 }]);
    stranger.close();
    bus?.close(true);
  });

  it('sends the others of a frame on when one cannot be cloned', async () => {
    const name = unique('bus');
    const heard: unknown[] = [];
    const refused: object[] = [];
    const listener = openBus(name, (message) => heard.push(message));
    const bus = openBus(name, () => {}, (message) => void refused.push(message));
    const culprit = { run: () => {} };
    for (const message of [{ n: 1 }, culprit, { n: 2 }]) bus?.send(message);
    await eventually('the others were heard', () => heard.length === 2);
    assert.deepEqual(heard, [{ n: 1 }, { n: 2 }]);
    assert.deepEqual(refused, [culprit]);
    for (const one of [listener, bus]) one?.close(true);
  });

  it('says what waits before it closes, and hears nothing after', async () => {
    const name = unique('bus');
    const heard: unknown[] = [];
    const listener = openBus(name, (message) => heard.push(message));
    const bus = openBus(name, () => assert.fail('It heard after it closed'));
    bus?.send({ last: true });
    bus?.close(true);
    const stranger = new BroadcastChannel(name);
    stranger.postMessage('late');
    await eventually('the last was heard', () => heard.length === 2);
    assert.deepEqual(heard, [{ last: true }, 'late']);
    stranger.close();
    listener?.close(true);
  });

  it('is undefined where the platform refuses or has none', () => {
    const original = globalThis.BroadcastChannel;
    atEnd(() => (globalThis.BroadcastChannel = original));
    globalThis.BroadcastChannel = class { constructor() { throw new DOMException('Not here', 'SecurityError'); } } as never;
    assert.isUndefined(openBus('x', () => {}));
    globalThis.BroadcastChannel = undefined as never;
    assert.isUndefined(openBus('x', () => {}));
  });
});
