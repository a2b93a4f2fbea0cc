/** Channels and streams on the page: opens what goes out with a call, reads what comes with an answer. */
import { createChannelTable, createEnd, type ChannelTable, type End } from '../wire/channel.ts';
import type { ChannelArgument } from '../wire/contract.ts';
import { CorralError, fromWire, toWire } from '../wire/errors.ts';
import type { Link } from '../wire/link.ts';
import { place, takeLive } from '../wire/live.ts';
import type { ChannelMessage, Credit, Id, Part, Request, ResourcePart } from '../wire/messages.ts';
import { pump, readable, type Source } from '../wire/stream.ts';
import { transferOf } from '../wire/transfer.ts';

/**
 * What a command takes for `channel(schema)`: hears the core's messages, in order, while the call runs and for as long
 * as the core keeps it. Hears them through `onmessage`, or is iterated; it ends when the core closes it or its call is
 * over. A Channel belongs to one call.
 */
export class Channel<Message = unknown, Reply = never> implements ChannelArgument<Message, Reply>, AsyncIterable<Message> {
  declare readonly '~channel': ChannelArgument<Message, Reply>['~channel'];
  readonly #end = createEnd();
  #onclose: ((reason?: unknown) => void) | null = null;
  #onmessage: ((message: Message) => void) | null = null;
  #used = false;

  constructor(onmessage?: ((message: Message) => void) | null) {
    this.#end.onclose = (reason) => this.#onclose?.(reason);
    this.onmessage = onmessage ?? null;
  }

  /** Hears each message. What came before it was set is told now. */
  get onmessage(): ((message: Message) => void) | null {
    return this.#onmessage;
  }
  set onmessage(onmessage) {
    this.#onmessage = onmessage;
    if (!onmessage) return;
    this.#end.onarrival = () => this.#deliver();
    this.#deliver();
  }

  /** Called once, when no more comes, or now if that is so: with why, unless it ended as it should. */
  get onclose(): ((reason?: unknown) => void) | null {
    return this.#onclose;
  }
  set onclose(onclose) {
    this.#onclose = onclose;
    if (this.#end.closed) onclose?.(this.#end.reason);
  }

  /** True when no more comes. */
  get closed(): boolean {
    return this.#end.closed;
  }

  /**
   * Answers the core, where the command's channel is duplex. Resolves when the message has gone out, which waits for a
   * core that is slow to read; with false if the channel was closed before. A reply that cannot be cloned fails the call.
   */
  send(reply: Reply): Promise<boolean> {
    return this.#end.send(reply, transferOf(reply));
  }

  /** Wants no more: what was sent goes out, the core's end closes. May be called twice. */
  close(): void {
    this.#end.close();
  }

  /** Reads the messages instead of hearing them; leaving the loop closes the channel. Throws what it failed with. */
  [Symbol.asyncIterator](): AsyncIterator<Message> {
    return readable(this.#end)[Symbol.asyncIterator]() as AsyncIterator<Message>;
  }

  /** An own function, so that no Channel is ever cloned as if it were data. */
  readonly '~open' = (): End | undefined => {
    if (this.#used) return undefined;
    this.#used = true;
    return this.#end;
  };

  #deliver(): void {
    while (this.#onmessage && this.#end.size > 0) {
      const message = this.#end.take() as Message;
      try {
        this.#onmessage(message);
      } catch (error) {
        // One message's fault is not the next one's.
        reportError(error);
      }
    }
  }
}

/** What tells each resource of a connection that its core has gone. */
export type Resources = Map<number, (error: unknown) => void>;

/** A backstop: a stream that everybody has forgotten is read no more. */
const forgotten = globalThis.FinalizationRegistry && /* @__PURE__ */ new FinalizationRegistry<End>((end) => end.stop());

export interface ClientChannels extends Pick<ChannelTable, 'lose' | 'refused'> {
  readonly size: number;
  /** How many resources are held. */
  readonly resources: number;
  /**
   * Opens what in a call's params is no data: puts their places into the message, and returns what to do once it is
   * sent. Throws NOT_CLONEABLE for a Channel that was sent before.
   */
  embark(message: Request, transfer: readonly unknown[] | undefined): () => void;
  /** Ends the Channels and the streams in an argument that was not sent. */
  forsake(params: unknown, error: unknown): void;
  /** The result of an answer, with its streams in their places. They fail when the signal aborts. */
  land(result: unknown, live: Part[], signal: AbortSignal | undefined): unknown;
  receive(message: ChannelMessage): void;
  grant(message: Credit): void;
}

export interface ClientChannelsOptions {
  link(): Link | undefined;
  /** Calls back if the call rejects. Returns false if it is not open any more. */
  onReject(id: Id, callback: (error: unknown) => void): boolean;
  /** Rejects the call with this error, and cancels it. */
  cancel(id: Id, error: unknown): void;
}

export function createClientChannels({ link, onReject, cancel }: ClientChannelsOptions): ClientChannels {
  const table = createChannelTable(link);
  /** What tells each resource that the core has gone. */
  const resources: Resources = new Map();
  let lastId = 0;

  /** A source that fails takes its call along, as the body of a `fetch` does. */
  async function upload(source: Source, end: End, id: Id): Promise<void> {
    try {
      await pump(source, end, { onfault: reportError });
      end.close();
    } catch (error) {
      cancel(id, error);
      end.close(toWire(new CorralError('CANCELLED', `The client's stream failed: ${String(error)}`.slice(0, 1000), undefined, 'client')), error);
    }
  }

  function land(result: unknown, live: Part[], signal: AbortSignal | undefined): unknown {
    let root = result;
    const held: ResourcePart[] = [];
    for (const part of live) {
      if ('port' in part) {
        held.push(part);
        continue;
      }
      const { path, channel } = part;
      const end = createEnd();
      table.open(channel, end);
      if (signal?.aborted) end.stop(signal.reason);
      const abort = (): void => end.stop(signal?.reason);
      signal?.addEventListener('abort', abort);
      end.onclose = () => signal?.removeEventListener('abort', abort);
      root = place(root, path, readable(end, { forgotten }));
    }
    return held.length > 0 ? hold(root, held, signal?.aborted === true) : root;
  }

  /** Comlink comes with the first resource, so that only pages which use them pay for it. */
  async function hold(result: unknown, parts: ResourcePart[], unwanted: boolean): Promise<unknown> {
    let lost: unknown;
    const wait = (error: unknown): void => void (lost = error);
    for (const { resource } of parts) resources.set(resource, wait);
    const { openResource } = await import('./resource.ts');
    const whole = parts.reduce((root, part) => {
      const { remote, handle } = openResource(part, land, resources, link()?.tell);
      if (unwanted) handle.release();
      if (lost !== undefined) handle.lose(lost);
      return place(root, part.path, remote);
    }, result);
    if (lost !== undefined) throw lost;
    return whole;
  }

  return {
    lose(error) {
      table.lose(error);
      for (const lose of [...resources.values()]) lose(error);
    },
    refused: table.refused,
    get size() {
      return table.ends.size;
    },
    get resources() {
      return resources.size;
    },

    embark(message, transfer) {
      const id = message.id as Id;
      const starts: (() => void)[] = [];
      const { value, live } = takeLive(message.params, (one, path) => {
        if (transfer?.includes(one)) return undefined;
        const channel = ++lastId;
        const open = (one as { '~open'?: () => End | undefined })['~open'];
        const end = open ? open() : createEnd();
        if (!end) throw new CorralError('NOT_CLONEABLE', 'A Channel belongs to one call. Make a new one for each.', { path }, 'client');
        end.onrefused = (error) => cancel(id, error);
        starts.push(() => {
          if (onReject(id, (error) => end.ended(error))) table.open(channel, end);
          else end.ended(undefined);
          if (!open) void upload(one as Source, end, id);
        });
        return { path, channel, kind: open ? 'channel' : 'stream' };
      });
      if (live.length > 0) Object.assign(message, { params: value, live });
      return () => starts.forEach((start) => start());
    },

    land,

    forsake(params, error) {
      takeLive(params, (one) => {
        (one as { '~open'?: () => End | undefined })['~open']?.()?.ended(error);
        // As `fetch` does with a body that it never sent. One that was sent is locked, and ends otherwise.
        if (one instanceof ReadableStream) one.cancel(error).catch(() => {});
        return undefined;
      });
    },

    receive(message) {
      const end = table.ends.get(message.channel);
      if ('items' in message) end?.receive(message.items);
      else end?.ended(message.error && fromWire(message.error));
    },

    grant: ({ channel, credit }) => table.ends.get(channel)?.grant(credit),
  };
}

/** Gives a resource back to the core. May be called twice; calling its methods then rejects with CANCELLED. */
export function release(resource: object): void {
  (resource as { '~release'?: () => void })['~release']?.();
}
