/** What becomes of calls, without a wire. */

/** `waiting` for a core, `sent`, or how it settled: an answer, a reason, or a code with the reason of a loss. */
export type Fate = string;

export interface Model {
  state: 'opening' | 'open' | 'lost' | 'closed';
  /** Once there was a core, another one is asked for when it is lost. */
  hasBeenUp: boolean;
  /** How many cores have been asked for. */
  cores: number;
  /** What new calls reject with once the connection is closed. */
  closedBy: Fate;
  fates: Fate[];
  /** The calls that reached a core, in order. */
  sent: number[];
  call(): void;
  settle(call: number, fate: Fate): void;
  hello(): void;
  /** The core has gone: what was sent is lost, what waits goes on waiting if there will be another core. */
  lose(reason: string, again?: boolean): void;
}

export function createModel(): Model {
  const model: Model = {
    state: 'opening',
    hasBeenUp: false,
    cores: 1,
    closedBy: '',
    fates: [],
    sent: [],
    call() {
      const call = model.fates.push('waiting') - 1;
      if (model.state === 'open') send(call);
      if (model.state === 'closed') model.settle(call, model.closedBy);
    },
    settle(call, fate) {
      if (isOpen(model.fates[call])) model.fates[call] = fate;
    },
    hello() {
      model.state = 'open';
      model.hasBeenUp = true;
      model.fates.forEach((fate, call) => fate === 'waiting' && send(call));
    },
    lose(reason, again = false) {
      if (model.state === 'closed') return;
      const keep = again && model.hasBeenUp;
      const fate = reason === 'refused' ? 'CONNECTION_REFUSED' : `CONNECTION_LOST ${reason}`;
      model.fates.forEach((now, call) => (keep && now === 'waiting' ? undefined : model.settle(call, fate)));
      model.state = keep ? 'lost' : 'closed';
      if (keep) model.cores++;
      else model.closedBy = fate;
    },
  };
  function send(call: number): void {
    model.fates[call] = 'sent';
    model.sent.push(call);
  }
  return model;
}

export const isOpen = (fate: Fate | undefined): boolean => fate === 'waiting' || fate === 'sent';
