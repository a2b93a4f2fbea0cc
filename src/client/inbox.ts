/** What comes over the link, in its place among what the bus brings: an answer is not taken before the events that were told before it. */

/**
 * The bus was heard before, so it is only slow; should it bring nothing for two seconds all the same, it is given up. Counted
 * in ticks, because after a long task of the page a timer may come before the event that came in time.
 */
const TICK = 250;
const TICKS = 8;

export interface Inbox {
  /** A message or a frame came over the link. */
  receive(data: unknown): void;
  /** The bus has brought more. */
  advance(): void;
  /** Nothing is waited for any more: takes what waits. */
  drain(): void;
}

/** `heard` is how far the bus has brought the core's count of events; `giveUp` is told that it brings no more, and that nobody waits for it from now on. */
export function createInbox(take: (message: unknown) => void, heard: () => number, giveUp: () => void): Inbox {
  let waiting: unknown[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let left = 0;

  function isEarly(message: unknown): boolean {
    const after = (message as { after?: unknown } | null | undefined)?.after;
    return typeof after === 'number' && after > heard();
  }

  function receive(data: unknown): void {
    const messages: unknown[] = Array.isArray(data) ? data : [data];
    if (waiting.length > 0) waiting.push(...messages);
    else takeAll(messages);
  }

  function takeAll(messages: unknown[]): void {
    for (let index = 0; index < messages.length; index++) {
      if (isEarly(messages[index])) {
        waiting = messages.slice(index);
        left = TICKS;
        tick();
        return;
      }
      take(messages[index]);
    }
  }

  function tick(): void {
    timer = setTimeout(() => {
      if (--left > 0) return tick();
      giveUp();
      drain();
    }, TICK);
  }

  function stop(): unknown[] {
    clearTimeout(timer);
    const messages = waiting;
    waiting = [];
    return messages;
  }

  function drain(): void {
    stop().forEach(take);
  }

  return {
    receive,
    advance() {
      left = TICKS;
      if (waiting.length > 0 && !isEarly(waiting[0])) takeAll(stop());
    },
    drain,
  };
}
