/** Declares what else than data an argument may hold: a stream that the caller sends, a channel to speak to the caller. */
import * as v from 'valibot';
import type { End } from '../../wire/channel.ts';
import type { ChannelArgument, InputOf, ItemStream, OutputOf, Schema, StreamSource } from '../../wire/contract.ts';
import { CorralError, type Issue } from '../../wire/errors.ts';
import { readable } from '../../wire/stream.ts';
import { transferOf } from '../../wire/transfer.ts';
import { arrivals, type Arrival } from '../channel.ts';
import { sentence } from '../failure.ts';
import { validate, type Verdict } from '../validate.ts';

/** A channel as the handler has it. */
export interface CoreChannel<Message, Reply = never> extends AsyncIterable<Reply> {
  /**
   * Sends a message, after the schema accepted it. Resolves when it has gone out, which waits for a caller that is slow
   * to read: await it, and memory stays flat. Resolves with false if the channel was closed before, or for a message that
   * cannot be cloned, which closes it with NOT_CLONEABLE and is told to `onError`. Rejects with
   * INVALID_RESULT if the schema refuses, and with OVERLOADED over `limits.answerNodes`.
   */
  send(message: Message): Promise<boolean>;
  /** Ends it; what was sent before arrives. May be called twice. */
  close(): void;
  /**
   * From now on it does not end when its call is answered: closing it is up to you. It still ends if the call fails, when
   * the caller goes, and when what allowed the call is revoked.
   */
  keep(): this;
  readonly closed: boolean;
  /** Called once, when the channel closed, by whichever side; also if it had when this was set. */
  onclose: (() => void) | null;
}

/**
 * The schema of an argument, or, inside a Valibot schema, of a part of one, that is a `Channel` of the caller's: the handler sends it messages,
 * in order, while the call runs. With `duplex` the caller may answer: the handler iterates the channel, and each reply passes
 * that schema first.
 */
export function channel<Message extends Schema, Reply extends Schema | undefined = undefined>(
  message: Message,
  { duplex }: { readonly duplex?: Reply } = {},
): v.GenericSchema<
  ChannelArgument<OutputOf<Message>, Reply extends Schema ? InputOf<Reply> : never>,
  CoreChannel<InputOf<Message>, Reply extends Schema ? OutputOf<Reply> : never>
> {
  return arrival('channel', 'Expected a Channel', (arrived) => openChannel(arrived, message, duplex)) as never;
}

/**
 * The schema of an argument, or, inside a Valibot schema, of a part of one, that is a stream: the caller passes an async iterable or a
 * ReadableStream, and the handler gets a ReadableStream of the items that the schema accepted. Reading slowly slows the
 * caller down; a call that is over reads no more.
 */
export function stream<Item extends Schema>(item: Item): v.GenericSchema<StreamSource<InputOf<Item>>, ItemStream<OutputOf<Item>>> {
  return arrival('stream', 'Expected a stream', ({ end }) => openStream(end, item)) as never;
}

function arrival(kind: Arrival['kind'], expected: string, open: (arrived: Arrival) => unknown): unknown {
  const isOne = (value: unknown): boolean => arrivals.get(value as object)?.kind === kind;
  return v.pipe(
    v.custom<object>(isOne, expected),
    v.transform((token) => open(arrivals.get(token) as Arrival)),
  );
}

function openStream(end: End, schema: Schema): unknown {
  // An item that is refused ends the stream, and tells the caller why.
  const onfail = (error: unknown): void => {
    const { code, message, details } = error as CorralError;
    end.close({ code: -32602, message, data: { code, details } }, error);
  };
  const accept = (item: unknown): unknown => settled(validate(schema, item), invalidItem);
  return readable(end, { accept, onfail });
}

function openChannel({ end, keep, measure }: Arrival, schema: Schema, duplex: Schema | undefined): CoreChannel<unknown, unknown> {
  const stream = duplex && (openStream(end, duplex) as ItemStream<unknown>);
  if (!duplex) end.onarrival = () => end.size > 0 && end.close({ code: -32602, message: 'This channel takes no messages from its client.', data: { code: 'INVALID_ARGUMENTS', details: { issues: [] } } });

  let onclose: (() => void) | null = null;
  let forget: (() => void) | undefined;
  const opened: CoreChannel<unknown, unknown> = {
    get onclose() {
      return onclose;
    },
    set onclose(callback) {
      onclose = callback;
      if (end.closed) callback?.();
    },
    get closed() {
      return end.closed;
    },
    send(message) {
      const send = (value: unknown): Promise<boolean> => end.send(value, transferOf(message));
      try {
        measure(message);
        const accepted = settled(validate(schema, message), invalidMessage);
        if (!end.tail && !(accepted instanceof Promise)) return send(accepted);
        // In order, also where a schema takes its time.
        const turn = Promise.all([accepted, end.tail]).then(([value]) => send(value));
        end.tail = turn.catch(() => {});
        return turn;
      } catch (error) {
        return Promise.reject(error);
      }
    },
    close: () => end.close(),
    keep() {
      forget ??= keep();
      return this;
    },
    [Symbol.asyncIterator]() {
      if (!stream) throw new TypeError('The client cannot answer on this channel: declare it with `duplex`.');
      return stream[Symbol.asyncIterator]();
    },
  };
  end.onclose = () => {
    forget?.();
    onclose?.();
  };
  return opened;
}

/** The verdict's value, at once or later; throws what `refuse` makes of its issues. */
function settled(verdict: Verdict | Promise<Verdict>, refuse: (issues: Issue[]) => Error): unknown {
  const judge = ({ value, issues }: Verdict & { value?: unknown }): unknown => {
    if (issues) throw refuse(issues);
    return value;
  };
  return verdict instanceof Promise ? verdict.then(judge) : judge(verdict);
}

function invalidItem(issues: Issue[]): Error {
  return new CorralError('INVALID_ARGUMENTS', `What came on a channel was refused: ${sentence(issues)}`, { issues });
}

function invalidMessage(issues: Issue[]): Error {
  return new CorralError('INVALID_RESULT', 'A message was not sent: it does not match the schema of its channel.', { command: '' }, 'core', issues);
}
