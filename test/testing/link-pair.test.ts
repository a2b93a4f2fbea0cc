/** The joined pair: as strict as a real port, and with handles that a real port lacks. */
import { assert } from 'chai';
import { linkPair } from 'corral/testing';
import { eventually } from '../support/corral.ts';

const later = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 20));

describe('linkPair', () => {
  it('carries messages both ways, in order, in a later task', async () => {
    const [left, right] = linkPair();
    const heard: unknown[] = [];
    right.onmessage = ({ data }) => heard.push(data);
    right.start();
    left.onmessage = ({ data }) => heard.push(data);
    left.start();
    for (let n = 0; n < 3; n++) left.postMessage(n, []);
    right.postMessage('back', []);
    assert.deepEqual(heard, [], 'nothing arrives in the same task');
    await Promise.resolve();
    assert.deepEqual(heard, [], 'nor in a microtask of it');
    await eventually('all arrived', () => heard.length === 4);
    assert.deepEqual(heard.filter((data) => typeof data === 'number'), [0, 1, 2]);
    left.close();
  });

  it('keeps messages until the receiver starts', async () => {
    const [left, right] = linkPair();
    const heard: unknown[] = [];
    left.postMessage('early', []);
    await later();
    right.addEventListener('message', ({ data }) => heard.push(data));
    await later();
    assert.deepEqual(heard, []);
    right.start();
    right.start();
    await eventually('it arrived', () => heard.length > 0);
    await later();
    assert.deepEqual(heard, ['early']);
    left.close();
  });

  it('starts with onmessage, as a MessagePort does', async () => {
    const [left, right] = linkPair();
    const heard: unknown[] = [];
    left.postMessage('early', []);
    right.onmessage = ({ data }) => heard.push(data);
    await eventually('it arrived', () => heard.length > 0);
    left.close();
  });

  it('copies what it carries', async () => {
    const [left, right] = linkPair();
    const heard: { list: number[] }[] = [];
    right.onmessage = ({ data }) => heard.push(data as { list: number[] });
    right.start();
    const message = { list: [1] };
    left.postMessage(message, []);
    message.list.push(2);
    await eventually('it arrived', () => heard.length > 0);
    assert.deepEqual(heard, [{ list: [1] }]);
    left.close();
  });

  it('refuses what cannot be cloned, at once', () => {
    const [left] = linkPair();
    for (const value of [() => {}, Symbol('x'), { deep: [() => {}] }, document.body]) {
      assert.throws(() => left.postMessage(value, []), DOMException);
    }
    left.close();
  });

  it('moves what is transferred, and lists the ports among it', async () => {
    const [left, right] = linkPair();
    const heard: MessageEvent[] = [];
    right.onmessage = (event) => heard.push(event);
    right.start();
    const buffer = new ArrayBuffer(8);
    const { port1, port2 } = new MessageChannel();
    left.postMessage({ buffer, port1 }, [buffer, port1]);
    assert.equal(buffer.byteLength, 0);
    await eventually('it arrived', () => heard.length > 0);
    assert.lengthOf(heard[0]?.ports ?? [], 1);
    const { data } = heard[0] as { data: { buffer: ArrayBuffer; port1: MessagePort } };
    assert.equal(data.buffer.byteLength, 8);
    assert.strictEqual(data.port1, heard[0]?.ports[0]);
    const said: unknown[] = [];
    port2.onmessage = (event) => said.push(event.data);
    data.port1.postMessage('through');
    await eventually('the port works', () => said.length > 0);
    port2.close();
    left.close();
  });

  it('delivers what was posted before one end closed, and nothing after', async () => {
    const [left, right] = linkPair();
    const heard: unknown[] = [];
    right.onmessage = ({ data }) => heard.push(data);
    right.start();
    left.postMessage('before', []);
    left.close();
    left.close();
    left.postMessage('after', []);
    await eventually('it arrived', () => heard.length > 0);
    await later();
    assert.deepEqual(heard, ['before']);
    assert.isTrue(left.closed);
    await eventually('the other end is closed too', () => right.closed);
    right.postMessage('into nothing', []);
  });

  it('hears nothing at the end that closed', async () => {
    const [left, right] = linkPair();
    left.onmessage = () => assert.fail('It heard');
    left.start();
    right.postMessage('on its way', []);
    left.close();
    await later();
  });

  it('garbles: the other end hears of a message that it cannot deserialize', async () => {
    const [left, right] = linkPair();
    const heard: unknown[] = [];
    right.addEventListener('messageerror', ({ data }) => heard.push(data));
    right.addEventListener('message', () => heard.push('message'));
    right.start();
    left.garble();
    await eventually('it heard', () => heard.length > 0);
    assert.deepEqual(heard, [null]);
    left.close();
  });

  it('holds what is sent until it is let go, in order', async () => {
    const [left, right] = linkPair();
    const heard: unknown[] = [];
    right.onmessage = ({ data }) => heard.push(data);
    right.start();
    const release = left.hold();
    left.postMessage(1, []);
    left.postMessage(2, []);
    await later();
    assert.deepEqual(heard, []);
    release();
    left.postMessage(3, []);
    await eventually('all arrived', () => heard.length === 3);
    assert.deepEqual(heard, [1, 2, 3]);
    left.close();
  });

  it('stops telling a listener that was removed', async () => {
    const [left, right] = linkPair();
    const heard: string[] = [];
    const gone = (): void => void heard.push('gone');
    right.addEventListener('message', gone);
    right.addEventListener('message', () => heard.push('stays'));
    right.removeEventListener('message', gone);
    right.start();
    left.postMessage(1, []);
    await eventually('the other heard', () => heard.length > 0);
    assert.deepEqual(heard, ['stays']);
    left.close();
  });
});
