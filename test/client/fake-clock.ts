/** A clock that the test turns: timers of this page fire when it says so, one after the other. */
import { atEnd } from '../support/corral.ts';

interface Timer {
  at: number;
  run: () => void;
  every: number | undefined;
}

export interface FakeClock {
  /** Lets so much time go by; every timer fires when it is due. */
  advance(ms: number): void;
  /** Lets time jump, as when a machine slept: a repeated timer fires once, late, as engines do. */
  jump(ms: number): void;
  /** Timers that are set. */
  readonly size: number;
}

export function fakeClock(): FakeClock {
  const original = { setTimeout, clearTimeout, setInterval, clearInterval };
  atEnd(() => Object.assign(globalThis, original));
  const timers = new Map<number, Timer>();
  let now = 0;
  let lastId = 0;

  const set = (run: (...args: unknown[]) => void, ms: number, every: number | undefined, args: unknown[]): number => {
    timers.set(++lastId, { at: now + ms, run: () => run(...args), every });
    return lastId;
  };
  const clear = (id?: number): void => void timers.delete(id as number);
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms = 0, ...args: unknown[]) => set(run, ms, undefined, args),
    setInterval: (run: () => void, ms = 0, ...args: unknown[]) => set(run, ms, ms, args),
    clearTimeout: clear,
    clearInterval: clear,
  });

  function fire(id: number, timer: Timer): void {
    if (timer.every === undefined) timers.delete(id);
    else timer.at = now + timer.every;
    timer.run();
  }

  return {
    get size() {
      return timers.size;
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (!next) break;
        now = Math.max(now, next[1].at);
        fire(...next);
      }
      now = end;
    },
    jump(ms) {
      now += ms;
      for (const [id, timer] of [...timers]) if (timer.at <= now && timers.has(id)) fire(id, timer);
    },
  };
}
