/** A hundred thousand small messages that one call tells a function of the page's. */
import type { Workload } from '../workload.ts';

const messages = 100_000;

export const channel: Workload = {
  name: 'channel',
  title: 'a channel of 100,000 small messages',
  needs: ['channel'],
  rounds: 11,
  budget: { raw: 1 / 3 },
  amount: { of: 'items', count: messages },
  async sample({ channel }) {
    const begin = performance.now();
    if ((await channel!(messages)) !== messages) throw new Error('the messages came incomplete');
    return performance.now() - begin;
  },
};
