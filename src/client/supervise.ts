/** Notices a core that does not start, that died, or that is silent; decides when to ask for another. */
import type { LossReason } from '../wire/errors.ts';
import { whenFree } from '../wire/lock.ts';
import type { Host } from './hosts/open-source.ts';

/** What is known of the end of a core. */
export type Lost = (reason: LossReason, message: string, cause?: unknown) => void;

/** An error before the core answered may be its end or not: a worker that serves all the same answers within this time. */
const GRACE = 1_000;

/**
 * Watches a core start. Calls `lost` once if its script fails or nothing is served within `patience` milliseconds.
 * The platform is silent about many of these, so an error is only believed when no sign of life follows it.
 */
export function watchStart(host: Host, patience: number, lost: Lost): { alive(): void; stop(): void } {
  let grace: ReturnType<typeof setTimeout> | undefined;
  let living = false;
  const deadline = setTimeout(() => {
    lost('not-started', `The core did not answer within ${patience} ms. Its script has to call serve(core) when it first runs; a slow one may need a longer \`startTimeout\`.`);
  }, Math.min(patience, 0x7fffffff));
  const stop = (): void => {
    clearTimeout(deadline);
    clearTimeout(grace);
    living = true;
  };
  host.onError((text) => {
    if (living) return;
    if (text === undefined) {
      lost('script', "The core's script could not be run: it is missing, blocked (by CSP, CORS or a wrong MIME type) or has a syntax error. The browser's console says which.");
    } else grace ??= setTimeout(() => lost('threw', `The core's script threw before it served: ${text}`), GRACE);
  });
  return {
    stop,
    /** The core is there, though perhaps still in its setup. */
    alive() {
      living = true;
      clearTimeout(grace);
    },
  };
}

/** Calls back when the core has died: its lock, told in the welcome, is free. */
export function watchLife(lock: string, lost: Lost): () => void {
  return whenFree(lock, () => lost('died', 'The core died: its worker was terminated, closed itself or crashed.'));
}

const TICK = 1_000;
/** Seconds of silence, while calls wait, after which a core counts as unresponsive. */
const UNRESPONSIVE = 3;
/** Seconds of silence after which a core without a lock counts as dead. */
const GIVE_UP = 30;

export interface Pulse {
  /** Begins anew with a link. `giveUp` is for a core without a lock to tell death from business. Returns what ends it. */
  watch(giveUp: (() => void) | undefined): () => void;
  /** Something was sent that may be answered. */
  expect(): void;
  /** Something arrived. */
  beat(): void;
}

export interface PulseOptions {
  /** Whether an answer is awaited; without one there is nothing to worry about, and no timer runs. */
  isWaiting(): boolean;
  ping(): void;
  report(event: 'corral:core-unresponsive' | 'corral:core-responsive', silentFor: number): void;
}

/**
 * Notices a silent core while calls wait. A core that computes for long is silent and not dead, so this only reports.
 * Seconds are counted in ticks, not by the clock: a throttled tab's late tick, or one after a suspend, is one silent
 * second at most, and what arrived in between was heard, because messages are not throttled.
 */
export function watchPulse({ isWaiting, ping, report }: PulseOptions): Pulse {
  let timer: ReturnType<typeof setInterval> | undefined;
  let silent = 0;
  let giveUp: (() => void) | undefined;

  function tick(): void {
    if (!isWaiting()) return stop();
    silent++;
    ping();
    if (silent === UNRESPONSIVE + 1) report('corral:core-unresponsive', UNRESPONSIVE);
    if (silent > GIVE_UP) giveUp?.();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
    silent = 0;
  }

  return {
    watch(onGiveUp) {
      giveUp = onGiveUp;
      return stop;
    },
    expect() {
      timer ??= setInterval(tick, TICK);
    },
    beat() {
      if (silent > UNRESPONSIVE) report('corral:core-responsive', silent);
      silent = 0;
    },
  };
}

export interface RestartOptions {
  /** How often in a row a core that was up is asked for again. Default 5; the count begins anew when it has been up for ten seconds. */
  readonly attempts?: number;
  /** Milliseconds before the first attempt; each further one waits twice as long. Default 100. */
  readonly delay?: number;
}

/** Counts the attempts. Returns the milliseconds to wait before the next, or undefined when they are used up. */
export function createPatience({ attempts = 5, delay = 100 }: RestartOptions): { next(): number | undefined; up(): void } {
  const STABLE = 10_000;
  let used = 0;
  let since: number | undefined;
  return {
    next() {
      if (since !== undefined && performance.now() - since >= STABLE) used = 0;
      since = undefined;
      return used < attempts ? delay * 2 ** used++ : undefined;
    },
    up() {
      since = performance.now();
    },
  };
}
