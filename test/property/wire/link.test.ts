/** Links: whatever is sent, the other end gets all of it, in order, once, but for what cannot be cloned. */
import { assert } from 'chai';
import { linkPair } from 'corral/testing';
import fc from 'fast-check';
import { openLink, type Link, type Port } from '../../../src/wire/link.ts';
import { FRAME_LENGTH } from '../../../src/wire/messages.ts';
import '../arbitraries.ts';

type Kind = 'plain' | 'buffer' | 'uncloneable' | 'detached' | 'moved before';
type Step =
  | { do: 'send'; from: 0 | 1; kind: Kind }
  | { do: 'burst'; from: 0 | 1; count: number; culprit: number }
  | { do: 'frame'; from: 0 | 1; framed: boolean }
  | { do: 'flush'; from: 0 | 1 }
  | { do: 'tick' }
  | { do: 'task' };

const from = fc.constantFrom<0 | 1>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      from,
      kind: fc.constantFrom<Kind>('plain', 'plain', 'buffer', 'uncloneable', 'detached', 'moved before'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('burst' as const),
      from,
      count: fc.integer({ min: 1, max: 50 }),
      culprit: fc.integer({ min: 0, max: 100 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('frame' as const), from, framed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const), from }) },
  { weight: 2, arbitrary: fc.constant({ do: 'tick' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'task' as const }) },
);

interface Message {
  number: number;
  body?: unknown;
}

/** One end, with what it sent and what it was told of it. */
function openEnd(port: Port) {
  const sent: number[] = [];
  const culprits: number[] = [];
  const refused: number[] = [];
  const arrived: number[] = [];
  const link: Link = openLink(port, {
    receive: (data) => arrived.push(...(Array.isArray(data) ? data : [data]).map(({ number }: Message) => number)),
    refused: (message) => void refused.push((message as Message).number),
    garbled: () => assert.fail('nothing was garbled'),
  });
  let number = 0;
  let last = new ArrayBuffer(0);
  structuredClone(last, { transfer: [last] });
  return {
    link,
    sent,
    culprits,
    refused,
    arrived,
    send(kind: Kind): void {
      number++;
      (kind === 'plain' || kind === 'buffer' ? sent : culprits).push(number);
      if (kind === 'plain') return link.send({ number });
      if (kind === 'uncloneable') return link.send({ number, body: () => {} });
      // Moved by the message before, at the latest when this one is posted.
      if (kind === 'moved before') return link.send({ number, body: last }, [last]);
      const buffer = new ArrayBuffer(number);
      if (kind === 'detached') structuredClone(buffer, { transfer: [buffer] });
      else last = buffer;
      link.send({ number, body: buffer }, [buffer]);
    },
  };
}

/** Resolves in a task behind all the deliveries that are under way. */
const settled = async (ends: ReturnType<typeof openEnd>[]): Promise<void> => {
  for (const end of ends) end.link.flush();
  const deadline = performance.now() + 30_000;
  while (
    ends.some(({ sent }, index) => ends[1 - index]?.arrived.length !== sent.length) &&
    performance.now() < deadline
  )
    await task();
  // What came twice would come now.
  await task();
};

const task = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('links, whatever is sent', function () {
  this.timeout(300_000);

  it('deliver every message in order, exactly once, and refuse exactly what cannot be cloned', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), fc.boolean(), async (steps, framed) => {
        const ends = linkPair().map(openEnd);
        for (const { link } of ends) link.framed = framed;
        const end = (index: 0 | 1) => ends[index] as ReturnType<typeof openEnd>;
        for (const now of steps) {
          if (now.do === 'send') end(now.from).send(now.kind);
          else if (now.do === 'burst') {
            for (let index = 0; index < now.count; index++)
              end(now.from).send(index === now.culprit ? 'uncloneable' : 'plain');
          } else if (now.do === 'frame') end(now.from).link.framed = now.framed;
          else if (now.do === 'flush') end(now.from).link.flush();
          else if (now.do === 'tick') await null;
          else await task();
        }
        await settled(ends);
        for (const { link } of ends) link.close(true);
        for (const [index, { sent, culprits, refused }] of ends.entries()) {
          assert.deepEqual(ends[1 - index]?.arrived, sent);
          assert.deepEqual(refused, culprits);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('post a long outbox in frames of bounded length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 * FRAME_LENGTH }),
        fc.integer({ min: 0, max: 4 * FRAME_LENGTH }),
        async (count, culprit) => {
          const posts: number[][] = [];
          const post = (data: Message | Message[]): void => {
            if (structuredClone(data)) posts.push((Array.isArray(data) ? data : [data]).map(({ number }) => number));
          };
          const refused: number[] = [];
          const link = openLink(
            { postMessage: post as never, addEventListener() {}, removeEventListener() {} },
            { receive() {}, refused: (message) => void refused.push((message as Message).number), garbled() {} },
          );
          link.framed = true;
          for (let number = 0; number < count; number++)
            link.send(number === culprit ? { number, body: () => {} } : { number });
          await null;
          const numbers = Array.from({ length: count }, (_, number) => number);
          assert.deepEqual(
            posts.flat(),
            numbers.filter((number) => number !== culprit),
          );
          assert.deepEqual(
            refused,
            numbers.filter((number) => number === culprit),
          );
          for (const frame of posts) assert.isAtMost(frame.length, FRAME_LENGTH);
          // Only the culprit's own frame is taken apart.
          assert.isAtMost(posts.length, Math.ceil(count / 64) + (culprit < count ? 128 : 0));
        },
      ),
      { numRuns: 10 },
    );
  });

  it('post what waits when they close, and nothing that comes later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.boolean(), async (count, framed) => {
        const [left, right] = linkPair();
        const [sender, receiver] = [openEnd(left), openEnd(right)];
        sender.link.framed = framed;
        for (let index = 0; index < count; index++) sender.send('plain');
        sender.link.close(false);
        await settled([sender, receiver]);
        assert.deepEqual(receiver.arrived, sender.sent);
        receiver.send('plain');
        receiver.link.flush();
        await task();
        await task();
        assert.deepEqual(sender.arrived, []);
        left.close();
      }),
      { numRuns: 20 },
    );
  });
});
