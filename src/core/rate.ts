/** A token bucket: how many messages a client may send in the long run, and how many at once. */

/** Returns what takes a token: true while there are some; nothing where there is no limit. Refusals are debts; `excess` hears when they are ten times the burst. */
export function createBucket({ rate, burst }: { readonly rate: number; readonly burst: number }, excess: () => void): (() => boolean) | undefined {
  if (rate === Infinity) return undefined;
  let tokens = burst;
  let last = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - last) * rate) / 1000) - 1;
    last = now;
    if (tokens < -10 * burst) excess();
    return tokens >= 0;
  };
}
