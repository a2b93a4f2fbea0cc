/** Proof of life: a Web Lock is freed within milliseconds of its holder's death, in every engine, and by nothing else. */
// There are none on insecure pages and in opaque-origin frames; there a heartbeat has to stand in.

/** Holds a lock. Resolves, once it is held, with what gives it up; with undefined where there are no locks. */
export function holdLock(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    request(name, {}, () => new Promise<void>((release) => resolve(release))).catch(() => resolve(undefined));
  });
}

/** Calls back once when nobody holds the lock any more. The returned function stops waiting. */
export function whenFree(name: string, freed: () => void): () => void {
  const waiting = new AbortController();
  const { signal } = waiting;
  request(name, { mode: 'shared', signal }, () => signal.aborted || freed()).catch(() => {});
  return () => waiting.abort();
}

/** Asynchronous, so that an engine which throws instead of rejecting is the same to us. */
async function request(name: string, options: LockOptions, granted: () => unknown): Promise<void> {
  await navigator.locks.request(name, options, granted);
}
