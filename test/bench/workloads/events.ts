/** Ten thousand events from the worker, until the last of eight listeners on the page has heard the last. */
import type { Connection } from '../contender.ts';
import type { Workload } from '../workload.ts';

const count = 10_000;
const listeners = 8;
const heardAll = new WeakMap<Connection, () => Promise<void>>();

export const events: Workload = {
  name: 'events',
  title: '10,000 events to 8 listeners',
  needs: ['subscribe', 'burst'],
  rounds: 11,
  budget: { raw: 0.5 },
  async sample(connection) {
    const heard = heardAll.get(connection) ?? (await listen(connection));
    const begin = performance.now();
    await Promise.all([heard(), connection.burst!(count)]);
    return performance.now() - begin;
  },
};

/** Eight listeners, once for a connection; the function returned resolves when each has heard the next burst. */
async function listen(connection: Connection): Promise<() => Promise<void>> {
  let done: () => void;
  let missing = 0;
  for (let listener = 0; listener < listeners; listener++) {
    await connection.subscribe!(({ id }) => {
      if (id === count && --missing === 0) done();
    });
  }
  const heard = (): Promise<void> =>
    new Promise((resolve) => {
      missing = listeners;
      done = resolve;
    });
  heardAll.set(connection, heard);
  return heard;
}
