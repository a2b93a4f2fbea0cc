/** The core: owns the cities and their index, and answers for them. The same file runs in a worker and on a page. */
import dataUrl from 'virtual:cities?url';
import { command, type Context, createCore, event, transfer } from 'corral/core';
import * as v from 'valibot';
import { decode } from './data.ts';
import { buildIndex, type Index, nearest, places, type Work } from './engine.ts';
import { search } from './search.ts';
import { loneliest, statistics } from './statistics.ts';

const queryText = v.pipe(v.string(), v.maxLength(80));
const degreesUpTo = (limit: number) => v.pipe(v.number(), v.minValue(-limit), v.maxValue(limit));
const countUpTo = (limit: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limit));
const errors = { DATA_UNAVAILABLE: v.object({ reason: v.string() }) };

/** How long work runs before it looks up, in milliseconds. A worker owes nobody a frame; this is to see an abort. */
const stretch = 50;

let opening: Promise<Index> | undefined;

export const cities = createCore({
  name: 'cities',
  commands: {
    /** Loads and indexes the cities, once. Every other command does so too, if it is the first. */
    open: command({
      errors,
      handler: async (_, context) => {
        const started = performance.now();
        const { size, countries } = await opened(context);
        return { cities: size, countries: countries.length, milliseconds: performance.now() - started };
      },
    }),

    /** All cities as points of the map. */
    places: command({
      errors,
      handler: async (_, context) => {
        const points = places(await opened(context));
        return transfer(points, [points.buffer]);
      },
    }),

    /** Searches as somebody types: abort the call when the next letter comes. */
    search: command({
      args: v.object({ query: queryText, limit: countUpTo(50) }),
      errors,
      handler: async ({ query, limit }, context) => {
        const found = await patiently(search(await opened(context), query, limit), context.signal);
        return transfer(found, [found.matches.buffer]);
      },
    }),

    nearest: command({
      args: v.object({ lat: degreesUpTo(90), lon: degreesUpTo(180), count: countUpTo(50) }),
      errors,
      handler: async ({ count, ...at }, context) => nearest(await opened(context), at, count),
    }),

    statistics: command({
      args: v.object({ query: queryText }),
      errors,
      handler: async ({ query }, context) => patiently(statistics(await opened(context), query), context.signal),
    }),

    /** The cities farthest from any other: a search for each city there is. Reports progress, stops when aborted. */
    loneliest: command({
      args: v.object({ count: countUpTo(50) }),
      errors,
      handler: async ({ count }, context) => {
        const report = (share: number): void => void context.emit('progress', { stage: 'measuring', share });
        return patiently(loneliest(await opened(context), count), context.signal, report);
      },
    }),
  },
  events: {
    progress: event(v.object({ stage: v.picklist(['loading', 'indexing', 'measuring']), share: v.number() })),
  },
});
export type Cities = typeof cities;

/** The index: the first caller starts the work, all wait for it. A failure is forgotten: asking again tries again. */
async function opened({ emit, fail }: Context<typeof errors>): Promise<Index> {
  // The work follows no caller's signal: one client giving up must not spoil it for another.
  opening ??= open((stage, share) => void emit('progress', { stage, share }));
  try {
    return await opening;
  } catch (error) {
    opening = undefined;
    return fail('DATA_UNAVAILABLE', { reason: error instanceof Error ? error.message : String(error) });
  }
}

async function open(report: (stage: 'loading' | 'indexing', share: number) => void): Promise<Index> {
  const response = await fetch(dataUrl);
  if (!response.ok || !response.body) throw new Error(`${response.status} ${response.statusText}`.trim());
  const length = Number(response.headers.get('content-length'));
  let received = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      received += chunk.length;
      if (length > 0) report('loading', Math.min(1, received / length));
      controller.enqueue(chunk);
    },
  });
  const unpacked = response.body.pipeThrough(counted).pipeThrough(new DecompressionStream('gzip'));
  const columns = decode(new Uint8Array(await new Response(unpacked).arrayBuffer()));
  return patiently(buildIndex(columns), undefined, (share) => report('indexing', share));
}

/** Runs long work in stretches. In between it rests for a moment, in which messages arrive: an abort among them. */
async function patiently<Result>(
  work: Work<Result>,
  signal?: AbortSignal,
  report?: (share: number) => void,
): Promise<Result> {
  for (let since = performance.now(); ; ) {
    signal?.throwIfAborted();
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - since < stretch) continue;
    report?.(step.value);
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
}
