/** Proof of life: a Web Lock is freed within milliseconds of its holder's death, in every engine, and by nothing else. */

function locks(): LockManager | undefined {
  try {
    // Absent on insecure pages; the getter or the request throws in opaque-origin frames.
    return navigator.locks;
  } catch {
    return undefined;
  }
}

/** Holds a lock until the returned function is called. Resolves once it is held, with undefined where there are no locks. */
export function holdLock(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const hold = (): Promise<void> => new Promise((release) => resolve(release));
    // A request may throw or reject (opaque origins); both mean that a heartbeat has to stand in.
    Promise.resolve()
      .then(() => locks()?.request(name, hold))
      .finally(() => resolve(undefined))
      .catch(() => {});
  });
}

/** Calls back once when nobody holds the lock any more. The returned function stops waiting. */
export function whenFree(name: string, freed: () => void): () => void {
  const waiting = new AbortController();
  Promise.resolve()
    .then(() => locks()?.request(name, { mode: 'shared', signal: waiting.signal }, () => !waiting.signal.aborted && freed()))
    .catch(() => {});
  return () => waiting.abort();
}
