/** The bench inside the browser: opens contenders, runs a workload on each in turn, hands the figures to run.mjs. */
import type { Connection, Contender } from './contender.ts';
import { birpc } from './contenders/birpc.ts';
import { capnweb } from './contenders/capnweb.ts';
import { comlink } from './contenders/comlink.ts';
import { corral } from './contenders/corral.ts';
import { corralInspected } from './contenders/corral-inspected.ts';
import { corralLimited } from './contenders/corral-limited.ts';
import { nativeStream } from './contenders/native-stream.ts';
import { penpal } from './contenders/penpal.ts';
import { rawAcked } from './contenders/raw-acked.ts';
import { raw } from './contenders/raw.ts';
import { vscodeJsonrpc } from './contenders/vscode-jsonrpc.ts';
import { workerpool } from './contenders/workerpool.ts';
import { inRounds } from './rounds.ts';
import { buffer } from './workloads/buffer.ts';
import { burst } from './workloads/burst.ts';
import { bytes, manyBytes } from './workloads/bytes.ts';
import { channel } from './workloads/channel.ts';
import { events } from './workloads/events.ts';
import { flood } from './workloads/flood.ts';
import { object } from './workloads/object.ts';
import { sequential } from './workloads/sequential.ts';
import { start } from './workloads/start.ts';
import { stream } from './workloads/stream.ts';
import type { Workload } from './workload.ts';

/** Columns and rows of the table, in order. */
const variants: Record<string, Contender> = { '?inspected': corralInspected, '?limited': corralLimited };
const variant = variants[location.search];
const contenders: Contender[] = variant ? [raw, corral, variant, comlink] : [raw, corral, comlink, penpal, capnweb, birpc, workerpool, vscodeJsonrpc, rawAcked, nativeStream];
const workloads: Workload[] = [sequential, burst, flood, object, buffer, events, stream, channel, bytes, manyBytes, start];

const held = new Map<string, Connection>();

/** What run.mjs calls. */
const bench = {
  contenders: contenders.map(({ name, notes = {}, streamsOnly = false }) => ({ name, notes, streamsOnly })),
  workloads: workloads.map(({ name, title, budget, amount }) => ({ name, title, budget, amount })),

  row: (name: string, rounds?: number): Promise<Record<string, number[]>> => inRounds(find(workloads, name), contenders, { rounds }),

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
