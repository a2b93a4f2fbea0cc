/** What was tapped in this realm, from the moment this file is loaded: kept within bounds for whoever asks later, and told to whoever listens. */
import { tap } from '../client.ts';
import { capture, type Capture } from './capture.ts';
import { createRing } from './ring.ts';

const listeners = new Set<(captured: Capture) => void>();
const backlog = createRing<Capture>({ count: () => 10_000, weight: 16_000_000, weigh: ({ weight }) => weight + 200 });

tap((record) => {
  const captured = capture(record);
  backlog.push(captured);
  for (const listener of listeners) listener(captured);
});

/** Tells of everything that is still kept, then of everything that comes; returns what ends it. */
export function listenHere(listener: (captured: Capture) => void): () => void {
  for (const captured of backlog.list()) listener(captured);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
