/** The core: takes a file in as a stream, hashes, indexes and keeps it on the way, and reads it back by lines. */
import { channel, command, createCore, type Middleware, resource, serve, stream } from 'corral/core';
import { createSHA256 } from 'hash-wasm';
import * as v from 'valibot';
import { createLineIndex } from './line-index.ts';
import { linesFrom, linesWith, type Text } from './lines.ts';
import { rest, restingNowAndThen } from './rest.ts';
import { createStore, sweep, type Store } from './store.ts';

interface Kept extends Text {
  /** The client that brought it, and alone may read it. */
  owner: string;
}
const kept = new Map<string, Kept>();
/** Calls that were cancelled and are not over: they still delete what they had kept. */
const leaving = new Set<Promise<unknown>>();

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const closed = { FILE_CLOSED: v.object({}) };

const files = createCore({
  name: 'files',
  setup: sweep,
  middleware: [noteWhoLeaves],
  commands: {
    // #region shown
    open: command({
      args: v.object({
        body: stream(v.instance(Uint8Array)),
        // Tells how much has been read; hears how much a second may be.
        progress: channel(v.object({ bytes: v.number(), lines: v.number() }), { duplex: v.pipe(v.number(), v.minValue(1e6)) }),
      }),
      errors: { NO_ROOM: v.object({ reason: v.string(), kept: v.number() }) },
      handler: async ({ body, progress }, { client, fail }) => {
        const [hash, index, store] = [await createSHA256(), createLineIndex(), await createStore()];
        const pace = follow(progress);
        try {
          for await (const chunk of body) {
            hash.update(chunk);
            index.add(chunk);
            const reason = store.append(chunk);
            if (reason) fail('NO_ROOM', { reason, kept: store.size });
            await progress.send({ bytes: store.size, lines: index.lines });
            await pace(chunk.length);
          }
        } catch (error) {
          // Cancelled, failed, or gone: nothing is left over.
          await store.discard();
          throw error;
        }
        const id = crypto.randomUUID();
        kept.set(id, { owner: client.id, store, index });
        const close = (): Promise<void> => (kept.delete(id), store.discard());
        // A page that just goes away releases it, too.
        const handle = resource({ verify: verifying(store), close }, { onrelease: close });
        return { id, digest: hash.digest(), lines: index.lines, handle };
      },
    }),

    lines: command({
      args: v.object({ id: v.string(), from: wholeNumber, count: v.pipe(wholeNumber, v.maxValue(1_000)) }),
      yields: v.object({ line: v.number(), text: v.string(), cut: v.number() }),
      errors: closed,
      handler({ id, from, count }, { client, signal, fail }) {
        return linesFrom(keptBy(client.id, id) ?? fail('FILE_CLOSED', {}), from, count, signal);
      },
    }),
    // #endregion shown

    /** The numbers of all lines with this text, found as they are asked for. */
    find: command({
      args: v.object({ id: v.string(), text: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) }),
      yields: v.number(),
      errors: closed,
      handler({ id, text }, { client, signal, fail }) {
        return linesWith(keptBy(client.id, id) ?? fail('FILE_CLOSED', {}), text, signal);
      },
    }),

    /** What the core holds, of all its files together, once it has deleted what nobody wants. */
    holds: command({
      handler: async () => {
        await Promise.allSettled(leaving);
        const all = [...kept.values()];
        const bytesIn = (kind: Store['kind']): number => sum(all.map(({ store }) => (store.kind === kind ? store.size : 0)));
        return { files: all.length, disk: bytesIn('disk'), memory: bytesIn('memory'), indexes: sum(all.map(({ index }) => index.memory)), step: all.at(-1)?.index.step ?? 0 };
      },
    }),
  },
});

function keptBy(owner: string, id: string): Kept | undefined {
  const file = kept.get(id);
  return file?.owner === owner ? file : undefined;
}

/** Reads back all that was kept, and hashes it once more. */
function verifying(store: Store) {
  return command({
    handler: async (_, { signal }) => {
      const hash = await createSHA256();
      const resting = restingNowAndThen();
      for (let at = 0; at < store.size; at += 1024 * 1024) {
        hash.update(store.read(at, 1024 * 1024));
        await resting();
        signal.throwIfAborted();
      }
      return hash.digest();
    },
  });
}

function noteWhoLeaves({ signal }: Parameters<Middleware>[0], next: () => Promise<unknown>): Promise<unknown> {
  const over = next();
  signal.addEventListener('abort', () => {
    leaving.add(over);
    void over.catch(() => undefined).finally(() => leaving.delete(over));
  });
  return over;
}

/** Slows whoever awaits it down, to the bytes a second that were last asked for. */
function follow(wanted: AsyncIterable<number>): (bytes: number) => Promise<void> {
  let perSecond = Infinity;
  void (async () => {
    for await (perSecond of wanted);
  })().catch(() => undefined);
  return async (bytes) => {
    if (perSecond < Infinity) await rest((bytes / perSecond) * 1000);
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

export type Files = typeof files;
serve(files);
