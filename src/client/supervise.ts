/** Notices a core that does not start, and one that is silent. */
import type { LossReason } from '../wire/errors.ts';
import type { Host } from './hosts/open-source.ts';

/** An error before the core answered may be its end or not: a worker that serves all the same answers within this time. */
const GRACE = 1_000;

/** A longer delay than a timer can hold would fire at once. */
export const LONGEST = 0x7fffffff;

/**
 * Watches a core start, from before there is a worker: its source may take its time, too. The platform is silent about many ways to fail: so an error with a message is believed only
 * if no sign of life follows it, and silence only after `patience` milliseconds.
 */
export function watchStart(patience: number, lost: (reason: LossReason, message: string) => void): { watch(host: Host): void; alive(): void; stop(): void } {
  let grace: ReturnType<typeof setTimeout> | undefined;
  let unwatch = (): unknown => undefined;
  const deadline = setTimeout(lost, Math.min(patience, LONGEST), 'not-started', `The core did not answer within ${patience} ms. Does its script call serve(core)? A slow one needs a longer \`startTimeout\`.`);
  /** The core is there, though perhaps still in its setup. */
  const alive = (): void => {
    unwatch();
    clearTimeout(grace);
  };
  return {
    watch(host) {
      unwatch = host.onError((text) => {
        if (text) grace ??= setTimeout(lost, GRACE, 'threw', `The core's script threw before it served: ${text}`);
        else lost('script', "The core's script cannot be run: it is missing, blocked (CSP, CORS, MIME type) or has a syntax error. The console says which.");
      });
    },
    alive,
    stop() {
      alive();
      clearTimeout(deadline);
    },
  };
}

const TICK = 1_000;
/** Seconds of silence, while calls wait, after which a core counts as unresponsive. */
const UNRESPONSIVE = 3;
/** Seconds of silence after which a core without a lock counts as dead. */
const GIVE_UP = 30;

export interface Pulse {
  /** Something was sent that may be answered. */
  expect(): void;
  /** Something arrived. */
  beat(): void;
  stop(): void;
}

export interface PulseOptions {
  /** Whether an answer is awaited; without one there is nothing to worry about, and no timer runs. */
  isWaiting(): boolean;
  ping(): void;
  report(event: 'corral:core-unresponsive' | 'corral:core-responsive', silentFor: number): void;
  /** For a core without a lock to tell death from business. */
  giveUp(): void;
}

/**
 * Notices a silent core while calls wait. A core that computes for long is silent and not dead, so this only reports.
 * Seconds are counted in ticks, not by the clock: a throttled tab's late tick, or one after a suspend, is one silent
 * second at most, and what arrived in between was heard, because messages are not throttled.
 */
export function watchPulse({ isWaiting, ping, report, giveUp }: PulseOptions): Pulse {
  let timer: ReturnType<typeof setInterval> | undefined;
  let silent = 0;

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
    silent = 0;
  }

  return {
    expect() {
      timer ??= setInterval(() => {
        // Once reported silent it is asked on, although those who waited have given up: its return is reported too.
        if (!isWaiting() && silent <= UNRESPONSIVE) return stop();
        ping();
        if (silent++ === UNRESPONSIVE) report('corral:core-unresponsive', silent);
        if (silent > GIVE_UP) giveUp();
      }, TICK);
    },
    beat() {
      if (silent > UNRESPONSIVE) report('corral:core-responsive', silent);
      silent = 0;
    },
    stop,
  };
}
