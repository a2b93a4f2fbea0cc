/** What a row of the table is: work to be timed, and the budget that Corral has for it. */
import type { Connection } from './contender.ts';

export interface Workload {
  /** For `--only`. */
  name: string;
  title: string;
  /** What a connection must be able to do; others get a dash. */
  needs: (keyof Connection)[];
  rounds: number;
  /** At most so many times raw, and at least so many times faster than Comlink. */
  budget: { raw?: number; comlink?: number };
  /** What there is so much of in one unit of the work, where a rate says more than a time. */
  amount?: { of: 'items' | 'bytes'; count: number };
  /** Milliseconds for one unit of the work; `open` starts another worker of the same contender. */
  sample(connection: Connection, open: () => Connection | Promise<Connection>): Promise<number>;
}
