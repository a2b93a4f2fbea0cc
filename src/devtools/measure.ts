/** Shows calls on a track of their own in the performance panel of Chrome's developer tools. */
import { durationOf, type Entry } from './entry.ts';

/** Names start so, that nobody's own measures are taken for them. */
const PREFIX = 'corral: ';

/** Measures what has ended. The measure is there for observers and for a recording, and is not kept: a page may make millions of calls. */
export function measure(entry: Entry): void {
  const { what, name, client, at, outcome, code, size } = entry;
  const duration = durationOf(entry);
  if (duration === undefined || (what !== 'call' && what !== 'stream')) return;
  const start = at - performance.timeOrigin;
  const properties = [['client', client], ['outcome', code ?? outcome], ['bytes', String(size)]];
  const devtools = { dataType: 'track-entry', track: 'Corral', color: outcome === 'done' ? 'primary' : 'error', tooltipText: `${name}: ${outcome}`, properties };
  try {
    performance.measure(PREFIX + name, { start: Math.max(start, 0), end: Math.max(start + duration, 0), detail: { devtools } });
    performance.clearMeasures(PREFIX + name);
  } catch {
    // A tool's mark is not worth an error.
  }
}
