/** The bench inside the browser: opens contenders, runs a workload on each in turn, hands the figures to run.mjs. */
import type { Connection, Contender } from './contender.ts';
import { birpc } from './contenders/birpc.ts';
import { capnweb } from './contenders/capnweb.ts';
import { comlink } from './contenders/comlink.ts';
import { corral } from './contenders/corral.ts';
import { corralInspected } from './contenders/corral-inspected.ts';
import { nativeStream } from './contenders/native-stream.ts';
import { penpal } from './contenders/penpal.ts';
import { rawAcked } from './contenders/raw-acked.ts';
import { raw } from './contenders/raw.ts';
import { vscodeJsonrpc } from './contenders/vscode-jsonrpc.ts';
import { workerpool } from './contenders/workerpool.ts';
import { buffer } from './workloads/buffer.ts';
import { burst } from './workloads/burst.ts';
import { bytes, manyBytes } from './workloads/bytes.ts';
import { channel } from './workloads/channel.ts';
import { events } from './workloads/events.ts';
import { flood } from './workloads/flood.ts';
import { gate } from './workloads/gate.ts';
import { object } from './workloads/object.ts';
import { sequential } from './workloads/sequential.ts';
import { start } from './workloads/start.ts';
import { stream } from './workloads/stream.ts';
import type { Workload } from './workload.ts';

/** Columns and rows of the table, in order. */
const contenders: Contender[] = location.search === '?inspected' ? [raw, corral, corralInspected, comlink] : [raw, corral, comlink, penpal, capnweb, birpc, workerpool, vscodeJsonrpc, rawAcked, nativeStream];
const workloads: Workload[] = [sequential, gate, burst, flood, object, buffer, events, stream, channel, bytes, manyBytes, start];

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
const held = new Map<string, Connection>();

/** What run.mjs calls. */
const bench = {
  contenders: contenders.map(({ name, notes = {}, streamsOnly = false }) => ({ name, notes, streamsOnly })),
  workloads: workloads.map(({ name, title, budget, amount }) => ({ name, title, budget, amount })),

  /** Samples of every able contender, one a round, the order shuffled anew in each so that no one is always first. */
  async row(name: string, rounds?: number): Promise<Record<string, number[]>> {
    const workload = find(workloads, name);
    const runners: Runner[] = [];
    for (const contender of contenders) {
      const connection = await contender.open();
      const run = (): Promise<number> => workload.sample(connection, () => contender.open());
      const able = workload.needs.every((need) => connection[need]);
      if (able) runners.push({ name: contender.name, rounds: 0, samples: [], run, close: () => connection.close() });
      else connection.close();
    }
    // Raw comes first, and all rounds: it is what the others are compared with.
    let rawTook = Infinity;
    for (const runner of runners) {
      const took = await warmUp(runner);
      if (runner.name === 'raw') rawTook = took;
      runner.rounds = took > 10 * rawTook ? Math.ceil(slowPatience / took) : Infinity;
    }
    const end = performance.now() + patience;
    for (let round = 0; round < (rounds ?? workload.rounds); round++) {
      if (round >= fewestRounds && performance.now() > end) break;
      for (const runner of shuffled(runners)) if (round < runner.rounds) runner.samples.push(await runner.run());
    }
    for (const { close } of runners) close();
    return Object.fromEntries(runners.map(({ name, samples }) => [name, samples]));
  },

  /** Opens a connection and keeps it, for a look at it from outside: memory, profiles. */
  async hold(contender: string): Promise<void> {
    const connection = await find(contenders, contender).open();
    await connection.greet?.('Ada');
    held.set(contender, connection);
  },
  drop(contender: string): void {
    holding(contender).close();
    held.delete(contender);
  },
  /** A thousand calls at a time on a held connection. */
  async call(contender: string, thousands: number): Promise<void> {
    const greet = holding(contender).greet!;
    for (let thousand = 0; thousand < thousands; thousand++) {
      await Promise.all(Array.from({ length: 1_000 }, () => greet('Ada')));
    }
  },
  /** One stream of so many items, read to its end on a held connection. */
  stream: (contender: string, items: number): Promise<number> => holding(contender).stream!(items),
  /** A workload again and again on a held connection, for that long. */
  async repeat(contender: string, workload: string, milliseconds: number): Promise<void> {
    const { sample } = find(workloads, workload);
    const end = performance.now() + milliseconds;
    while (performance.now() < end) await sample(holding(contender), () => find(contenders, contender).open());
  },
};
export type Bench = typeof bench;

Object.assign(globalThis, { bench });

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

function find<Named extends { name: string }>(among: Named[], name: string): Named {
  const found = among.find((each) => each.name === name);
  if (!found) throw new Error(`\`${name}\` is none of ${among.map((each) => each.name).join(', ')}.`);
  return found;
}

function holding(contender: string): Connection {
  const connection = held.get(contender);
  if (!connection) throw new Error(`${contender} is not held: call \`hold\` first.`);
  return connection;
}

function shuffled<Item>(items: Item[]): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
