/** Lets contenders do the same work in turns, round by round, so that each round compares like with like. */
import type { Connection, Contender } from './contender.ts';
import type { Workload } from './workload.ts';

export interface RoundsOptions {
  /** Instead of the workload's own. */
  rounds?: number | undefined;
  /** Ends it after the round that is under way. */
  signal?: AbortSignal;
  /** Runs between rounds, with the samples so far, and is awaited. */
  afterRound?(samples: Readonly<Record<string, readonly number[]>>): unknown;
  /** Whether something outside has spoiled the round that is over: then it does not count and is done again. */
  spoiled?(): boolean;
}

interface Runner {
  name: string;
  rounds: number;
  samples: number[];
  run(): Promise<number>;
  close(): void;
}

const warmUps = 3;
/** Milliseconds for the rounds of one row; what is left then is not run, but for the fewest rounds. */
const patience = 25_000;
const fewestRounds = 5;
/** Milliseconds that a contender ten times slower than raw may take of it; then it sits out. */
const slowPatience = 5_000;

/**
 * Samples of every able contender, one a round, the order shuffled anew in each so that no one is always first. The
 * first contender, raw, is what the others are compared with: it runs all rounds.
 */
export async function inRounds(workload: Workload, contenders: readonly Contender[], options: RoundsOptions = {}): Promise<Record<string, number[]>> {
  const { rounds = workload.rounds, signal, afterRound, spoiled } = options;
  const runners: Runner[] = [];
  try {
    for (const contender of contenders) {
      const connection = await contender.open();
      const run = (): Promise<number> => workload.sample(connection, () => contender.open());
      if (able(connection, workload)) runners.push({ name: contender.name, rounds: 0, samples: [], run, close: () => connection.close() });
      else connection.close();
    }
    let rawTook = Infinity;
    for (const runner of runners) {
      const took = await warmUp(runner);
      if (runner.name === 'raw') rawTook = took;
      runner.rounds = took > 10 * rawTook ? Math.ceil(slowPatience / took) : Infinity;
    }
    const results = Object.fromEntries(runners.map(({ name, samples }) => [name, samples]));
    const end = performance.now() + patience;
    let round = 0;
    while (round < rounds && !signal?.aborted && !(round >= fewestRounds && performance.now() > end)) {
      spoiled?.();
      for (const runner of shuffled(runners)) if (round < runner.rounds) runner.samples[round] = await runner.run();
      if (!spoiled?.()) round++;
      await afterRound?.(upTo(results, round));
    }
    return upTo(results, round);
  } finally {
    for (const { close } of runners) close();
  }
}

function able(connection: Connection, { needs }: Workload): boolean {
  return needs.every((need) => connection[need]);
}

/** Without what a spoiled round has left. */
function upTo(samples: Record<string, number[]>, rounds: number): Record<string, number[]> {
  return Object.fromEntries(Object.entries(samples).map(([name, own]) => [name, own.slice(0, rounds)]));
}

/** Milliseconds that one round takes this contender. */
async function warmUp({ run }: Runner): Promise<number> {
  let took = 0;
  for (let time = 0; time < warmUps && took < slowPatience / 5; time++) {
    const begin = performance.now();
    await run();
    took = performance.now() - begin;
  }
  return took;
}

function shuffled<Item>(items: Item[]): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
