/** Who races, at what. The contenders, the work and the way of measuring are those of `npm run bench`. */
import type { Contender } from '../../test/bench/contender.ts';
import { comlink } from '../../test/bench/contenders/comlink.ts';
import { corral } from '../../test/bench/contenders/corral.ts';
import { penpal } from '../../test/bench/contenders/penpal.ts';
import { raw } from '../../test/bench/contenders/raw.ts';
import type { Workload } from '../../test/bench/workload.ts';
import { buffer } from '../../test/bench/workloads/buffer.ts';
import { burst } from '../../test/bench/workloads/burst.ts';
import { events } from '../../test/bench/workloads/events.ts';
import { object } from '../../test/bench/workloads/object.ts';
import { sequential } from '../../test/bench/workloads/sequential.ts';
import { start } from '../../test/bench/workloads/start.ts';
import { shortStream } from '../../test/bench/workloads/stream.ts';

export interface Row {
  readonly workload: Workload;
  /** What one figure is, in a sentence. */
  readonly what: string;
}

export const contenders: readonly Contender[] = [raw, corral, comlink, penpal];

export const rows: readonly Row[] = [
  { workload: sequential, what: 'The time of one call: 500 in a row, each waiting for the answer to the one before.' },
  { workload: burst, what: 'A thousand calls made in one turn, until the last one is answered.' },
  { workload: object, what: '445 nested records, cloned into the worker and back.' },
  { workload: buffer, what: 'Moved, not copied; the time of one trip there and back.' },
  { workload: events, what: 'Emitted by the worker one by one, until each of eight listeners on the page has heard the last.' },
  {
    workload: shortStream,
    what: 'Yielded by the worker, until the page has read the last one. Only Corral’s reader holds the worker back when it is slow: raw posts all items at once, and Comlink, which has no streams, calls back for each.',
  },
  { workload: start, what: 'A new worker, until it has answered its first call. Its script comes from the browser’s cache.' },
];
