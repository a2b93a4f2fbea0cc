/** The search storm: more work than a thread can do without dropping frames. */

/** The typos come early, so that most of the letters ask for names spelled alike: the search that takes long. */
const names = [
  'sao pualo', 'wahsington', 'istnabul', 'barcleona', 'stcokholm', 'sinagpore',
  'rekyjavik', 'johanesburg', 'edniburgh', 'amstredam', 'los angelse', 'ville',
];
const betweenLetters = 1000 / 8;
const betweenTries = 200;

interface Work {
  /** Gets ever more letters of a name, then of the next: as if somebody typed. */
  type: (text: string) => void;
  /** Is called again as soon as it has ended. */
  measure: () => Promise<void>;
}

/** Goes on until the signal aborts, also while the core is lost or moved. */
export function startStorm({ type, measure }: Work, signal: AbortSignal): void {
  let name = 0;
  let letters = 0;
  const timer = setInterval(() => {
    letters++;
    if (letters > names[name]!.length) {
      name = (name + 1) % names.length;
      letters = 1;
    }
    type(names[name]!.slice(0, letters));
  }, betweenLetters);
  signal.addEventListener('abort', () => clearInterval(timer));
  void repeat(measure, signal);
}

async function repeat(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => new Promise((resolve) => setTimeout(resolve, betweenTries)));
  }
}
