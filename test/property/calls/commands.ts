/** What may happen to a connection and its calls. */
import fc from 'fast-check';
import type { Model } from './model.ts';
import type { Real } from './real.ts';

type Command = fc.AsyncCommand<Model, Real>;

/** Does the same to both, waits until nothing is under way, and compares them. */
function command(name: string, may: (model: Model) => boolean, act: (model: Model, real: Real) => unknown): Command {
  return {
    check: may,
    toString: () => name,
    async run(model, real) {
      await act(model, real);
      await real.arrive(model);
      real.compare(model);
    },
  };
}

const always = (): boolean => true;
const isUp = ({ state }: Model): boolean => state === 'open';
const hasBeenUp = (model: Model): boolean => model.hasBeenUp && model.state !== 'closed';
const isStarting = ({ state }: Model): boolean => state === 'opening' || state === 'lost';

const wasAsked = (model: Model): boolean => isUp(model) && model.sent.length > 0;

/** One of the calls that came to a core, answered or not. */
const pick = ({ sent }: Model, which: number): number => sent[which % sent.length] as number;

const welcome = { result: { protocol: 1, client: 'a client', core: { name: 'the test' }, limits: {} } };
const full = { error: { code: -32000, message: 'Full.', data: { code: 'FULL' } } };
const bye = (reason: string): object => ({ jsonrpc: '2.0', method: '$/bye', params: { reason } });
const refusal = {
  error: { code: -32003, message: 'No.', data: { code: 'CONNECTION_REFUSED', details: { reason: 'version' } } },
};

const call = command('call', always, (model, real) => (model.call(), real.call()));
const callInVain = command('call that times out', always, (model, real) => {
  model.call();
  model.settle(model.fates.length - 1, 'TimeoutError');
  return real.call(1);
});
const hello = command('hello', isStarting, (model, real) => (model.hello(), real.answerHello(welcome)));

const abort = (nth: number): Command =>
  command(
    `abort ${nth}`,
    ({ fates }) => fates.length > 0,
    (model, real) => {
      const given = nth % model.fates.length;
      model.settle(given, 'given up');
      real.abort(given);
    },
  );

/** Also twice, late, and by another core than the one that was asked: none of that changes what is settled. */
const reply = (replies: readonly (readonly [nth: number, well: boolean])[]): Command =>
  command(`reply ${replies.map(([nth, well]) => (well ? nth : `-${nth}`)).join(', ')}`, wasAsked, (model, real) => {
    const frame = replies.map(([nth, well]) => {
      const asked = pick(model, nth);
      model.settle(asked, well ? `answer ${asked}` : 'FULL');
      return real.replyTo(asked, well ? { result: `answer ${asked}` } : full);
    });
    return real.say(frame.length === 1 ? frame[0] : frame);
  });

const malformedReply = (nth: number): Command =>
  command(`malformed reply ${nth}`, wasAsked, (model, real) => {
    model.settle(pick(model, nth), 'MALFORMED_MESSAGE');
    return real.say(real.replyTo(pick(model, nth), { nothing: true }));
  });

const stray = (message: unknown): Command =>
  command(`stray ${JSON.stringify(message)}`, isUp, (_, real) => real.say(message));
const strays: unknown[] = [
  { jsonrpc: '2.0', id: 'nobody', result: 1 },
  { jsonrpc: '2.0', id: -1, error: { code: 1, message: '' } },
  { jsonrpc: '2.0', method: '$/unknown' },
  { jsonrpc: '2.0', method: '$/event' },
  { id: {} },
  null,
  'text',
  [],
  [null, 'text', 1],
];

const closeCore = command(
  'bye: closed',
  hasBeenUp,
  (model, real) => (model.lose('closed', true), real.say(bye('closed'))),
);
const garble = command('garble', hasBeenUp, async (model, real) => {
  model.lose('garbled', true);
  (await real.greeted()).garble();
});

/** After these there is no other core. */
const ends = [
  command('refuse', isStarting, (model, real) => (model.lose('refused'), real.answerHello(refusal))),
  command(
    'bye: closed, at once',
    (model) => isStarting(model) && !model.hasBeenUp,
    (model, real) => (model.lose('closed', true), real.say(bye('closed'))),
  ),
  command('bye: sent away', isUp, (model, real) => (model.lose('disconnected'), real.say(bye('violations')))),
  command('close', always, (model, real) => (model.lose('ended'), real.connection.close())),
];

export function commandsOf(): fc.Arbitrary<Command>[] {
  const which = fc.nat(50);
  const replies = fc.array(fc.tuple(which, fc.boolean()), { minLength: 1, maxLength: 4 }).map(reply);
  return [
    fc.constant(call),
    fc.constant(call),
    fc.constant(callInVain),
    fc.constant(hello),
    fc.constant(hello),
    which.map(abort),
    replies,
    replies,
    which.map(malformedReply),
    fc.constantFrom(...strays).map(stray),
    fc.constantFrom(closeCore, garble),
    // Seldom, for little can happen behind them.
    fc.nat(9).chain((seldom) => (seldom === 0 ? fc.constantFrom(...ends) : fc.constant(call))),
  ];
}
