/** A link: the messages of one tick go as one frame, in order, and one that cannot cross harms no other. */
import { assert } from 'chai';
import { linkPair, type TestPort } from 'corral/testing';
import { openLink, type Link } from '../../src/wire/link.ts';
import { atEnd, eventually } from '../support/corral.ts';

/** A link over one end of a pair, what arrives at the other, and what was refused. */
function linked(options: { framed?: boolean } = {}) {
  const [near, far] = linkPair();
  const posts: unknown[] = [];
  const received: unknown[] = [];
  const refused: [object, unknown][] = [];
  let garbled = 0;
  far.onmessage = ({ data }) => posts.push(data);
  far.start();
  const link: Link = openLink(near, {
    receive: (data) => received.push(data),
    refused: (message, cause) => void refused.push([message, cause]),
    garbled: () => garbled++,
  });
  link.framed = options.framed ?? true;
  atEnd(() => near.close());
  return { near: near as TestPort, far, link, posts, received, refused, garbled: () => garbled };
}

const arrived = (posts: unknown[], count: number): Promise<void> => eventually(`${count} arrived`, () => posts.flat().length >= count);

describe('openLink', () => {
  it('posts the messages of one tick as one array, in order', async () => {
    const { link, posts } = linked();
    for (let n = 0; n < 5; n++) link.send({ n });
    await arrived(posts, 5);
    assert.deepEqual(posts, [[{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]]);
  });

  it('posts one message alone, as it is', async () => {
    const { link, posts } = linked();
    link.send({ n: 1 });
    await arrived(posts, 1);
    assert.deepEqual(posts, [{ n: 1 }]);
  });

  it('posts each on its own before frames were agreed on', async () => {
    const { link, posts } = linked({ framed: false });
    for (let n = 0; n < 3; n++) link.send({ n });
    await arrived(posts, 3);
    assert.deepEqual(posts, [{ n: 0 }, { n: 1 }, { n: 2 }]);
  });

  it('posts a long burst in parts, so that the other side can begin', async () => {
    const { link, posts } = linked();
    const count = 128 * 2 + 10;
    for (let n = 0; n < count; n++) link.send({ n });
    await arrived(posts, count);
    assert.deepEqual(posts.map((frame) => (frame as unknown[]).length), [128, 128, 10]);
    assert.deepEqual(posts.flat(), Array.from({ length: count }, (_, n) => ({ n })));
  });

  it('posts what waits at once when it is flushed, and not again', async () => {
    const { link, posts } = linked();
    link.send({ n: 1 });
    link.flush();
    link.send({ n: 2 });
    await arrived(posts, 2);
    assert.deepEqual(posts, [{ n: 1 }, { n: 2 }]);
    link.flush();
  });

  it('sends the others of a frame on when one cannot be cloned, in order, and tells of that one', async () => {
    const { link, posts, refused } = linked();
    const culprits = [{ n: 2, run: () => {} }, { n: 4, get bad(): never { throw new RangeError('no'); } }];
    const messages = [{ n: 1 }, culprits[0], { n: 3 }, culprits[1], { n: 5 }] as object[];
    for (const message of messages) link.send(message);
    await arrived(posts, 3);
    assert.deepEqual(posts.flat(), [{ n: 1 }, { n: 3 }, { n: 5 }]);
    assert.deepEqual(refused.map(([message]) => message), culprits);
    assert.equal((refused[0]?.[1] as Error).name, 'DataCloneError');
    assert.instanceOf(refused[1]?.[1], RangeError);
  });

  it('sends what is sent while a refusal is told in the next tick', async () => {
    const [near, far] = linkPair();
    atEnd(() => near.close());
    const posts: unknown[] = [];
    far.onmessage = ({ data }) => posts.push(data);
    const link = openLink(near, { receive() {}, garbled() {}, refused: () => link.send({ sorry: true }) });
    link.send({ run: () => {} });
    await arrived(posts, 1);
    assert.deepEqual(posts, [{ sorry: true }]);
  });

  it('moves what each message lists, in order, and detaches nothing of a message that failed', async () => {
    const { link, posts } = linked();
    const [one, two, three] = [new ArrayBuffer(1), new ArrayBuffer(2), new ArrayBuffer(3)];
    link.send({ one }, [one]);
    link.send({ nothing: 0 });
    link.send({ two }, [two]);
    await arrived(posts, 3);
    assert.deepEqual(posts.flat().map((message) => Object.keys(message as object)[0]), ['one', 'nothing', 'two']);
    assert.deepEqual([one.byteLength, two.byteLength], [0, 0]);
    link.send({ three, run: () => {} }, [three]);
    link.send({ n: 1 });
    await arrived(posts, 4);
    assert.equal(three.byteLength, 3);
  });

  it('hands on what arrives, with the ports that came along', async () => {
    const [near, far] = linkPair();
    atEnd(() => near.close());
    const got: [unknown, number][] = [];
    openLink(near, { receive: (data, ports) => got.push([Array.isArray(data) ? 'frame' : data, ports.length]), refused() {}, garbled() {} });
    const { port1, port2 } = new MessageChannel();
    far.postMessage('text', []);
    far.postMessage([1, 2], []);
    far.postMessage({ port2 }, [port2]);
    await eventually('all arrived', () => got.length === 3);
    assert.deepEqual(got.map(([, ports]) => ports), [0, 0, 1]);
    assert.deepEqual(got.slice(0, 2).map(([data]) => data), ['text', 'frame']);
    port1.close();
  });

  it('tells of what could not be deserialized', async () => {
    const { far, garbled } = linked();
    far.garble();
    await eventually('it was told', () => garbled() === 1);
  });

  it('posts what waits before it closes, and hears nothing after', async () => {
    const { link, far, posts, received } = linked();
    link.send({ last: true });
    link.close(false);
    far.postMessage('late', []);
    await arrived(posts, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(posts, [{ last: true }]);
    assert.deepEqual(received, []);
    assert.isFalse(far.closed);
  });

  it('closes the port too, if it is asked to, and what it said last still arrives', async () => {
    const { link, near, posts } = linked();
    link.send({ last: true });
    link.close(true);
    await arrived(posts, 1);
    assert.isTrue(near.closed);
  });

  it('works over every kind of real port', async () => {
    const { port1, port2 } = new MessageChannel();
    const got: unknown[] = [];
    const one = openLink(port1, { receive() {}, refused() {}, garbled() {} });
    const two = openLink(port2, { receive: (data) => got.push(data), refused() {}, garbled() {} });
    one.framed = true;
    one.send({ n: 1 });
    one.send({ n: 2 });
    one.close(true);
    await eventually('it arrived', () => got.length === 1);
    assert.deepEqual(got, [[{ n: 1 }, { n: 2 }]]);
    two.close(true);
  });

  it('is not watched by a script that patches the port later', async () => {
    const { port1, port2 } = new MessageChannel();
    const got: unknown[] = [];
    port2.onmessage = ({ data }) => got.push(data);
    const link = openLink(port1, { receive() {}, refused() {}, garbled() {} });
    const seen: unknown[] = [];
    const original = MessagePort.prototype.postMessage;
    const { push } = Array.prototype;
    MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
      seen.push(args);
      return Reflect.apply(original, this, args) as void;
    };
    Array.prototype.push = function (this: unknown[], ...items: unknown[]) {
      if (items.some((item) => (item as { secret?: unknown })?.secret)) seen[seen.length] = items;
      return Reflect.apply(push, this, items) as number;
    };
    try {
      link.send({ secret: 'x' });
      link.flush();
    } finally {
      MessagePort.prototype.postMessage = original;
      Array.prototype.push = push;
    }
    await eventually('it arrived', () => got.length === 1);
    assert.deepEqual(seen, []);
    link.close(true);
  });
});
