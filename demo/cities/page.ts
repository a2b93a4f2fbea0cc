/** The page: asks and draws. Nothing of the core is in its bundle until somebody moves the core to the main thread. */
import { type Connection, connect, isCorralError } from 'corral';
import type { Cities } from './core.ts';
import type { City } from './engine.ts';
import { showLoneliest, showStatistics } from './figures.ts';
import { createMap, type Place } from './map.ts';
import { startMeter } from './meter.ts';
import { createResults } from './results.ts';
import { startStorm } from './storm.ts';
import { coordinates, count, distance, duration, element, place as placeOf } from './words.ts';

type Host = 'worker' | 'page';

const find = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E;
const field = find<HTMLInputElement>('query');
const stormButton = find<HTMLButtonElement>('storm');
const terminateButton = find<HTMLButtonElement>('terminate');
const lonelyButton = find<HTMLButtonElement>('lonely');
const againButton = find<HTMLButtonElement>('again');

let core: Connection<Cities>;
let worker: Worker;
let starts = 0;
let opening = false;

const openHost: Record<Host, () => Promise<Connection<Cities>>> = {
  async worker() {
    // A function as source: when the worker is lost, Corral asks for another.
    return connect<Cities>(() => (worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })));
  },
  async page() {
    const [{ connectInProcess }, { cities }] = await Promise.all([import('corral/testing'), import('./core.ts')]);
    return connectInProcess(cities);
  },
};

startMeter({ canvas: find<HTMLCanvasElement>('frames'), worst: find('worst'), rate: find('rate') });
const map = createMap(find('map'), {
  onPick: (place) => void showNearest(place),
  onMove: (place) => (find('where').textContent = coordinates(place)),
});
const results = createResults(field, find('results'), (city) => void showNearest(city, city));

// --- where the core runs ---

for (const radio of document.querySelectorAll<HTMLInputElement>('[name=host]')) {
  // A reloaded page may bring the choice of last time back, and the page starts with a worker.
  radio.checked = radio.value === 'worker';
  radio.addEventListener('change', () => void start(radio.value as Host));
}
terminateButton.addEventListener('click', () => worker.terminate());
againButton.addEventListener('click', () => void start(chosenHost()));
void start('worker');

const doing = {
  loading: 'Loading the cities…',
  indexing: 'Ranking and indexing them…',
  measuring: 'Measuring from every city…',
};

/** Leaves the core that there is, and connects to one in the other place. */
async function start(host: Host): Promise<void> {
  const turn = ++starts;
  core?.close();
  terminateButton.disabled = host === 'page';
  say('Starting the core…', { share: 0 });
  const mine = await openHost[host]();
  // Who changes their mind while the code is loading gets the other place only.
  if (turn !== starts) return mine.close();
  core = mine;
  const lost = (message: string, restarting: boolean): void => {
    stopStorm();
    say(restarting ? `${message} Starting another…` : message, { trouble: true, again: !restarting });
  };
  void mine.listen('corral:core-lost', ({ payload }) => mine === core && lost(payload.message, payload.restarting));
  void mine.listen('corral:core-restarted', () => void open());
  void mine.listen('corral:core-unresponsive', () => {
    say('The core does not answer. It may be busy.', { trouble: true });
  });
  void mine.listen('corral:core-responsive', () => say('The core answers again.'));
  const listening = mine.listen('progress', ({ payload: { stage, share } }) => {
    // Events and answers come on different ways: the last of the progress may come after the answer, or after a stop.
    if (stage === 'measuring' ? !lonely : !opening) return;
    say(doing[stage], { share });
  });
  listening.catch((error: unknown) => complain(error, mine));
  await open(host);
}

async function open(host = chosenHost()): Promise<void> {
  const mine = core;
  opening = true;
  try {
    const { cities, countries, milliseconds } = await mine.invoke.open();
    const points = await mine.invoke.places();
    if (mine !== core) return;
    opening = false;
    map.setPoints(points);
    const where = host === 'worker' ? 'in a worker' : 'on the main thread';
    say(`${count(cities)} cities of ${countries} countries, ready in ${duration(milliseconds)} ${where}.`);
    await searchFor(field.value);
  } catch (error) {
    complain(error, mine);
  }
}

function chosenHost(): Host {
  return document.querySelector<HTMLInputElement>('[name=host]:checked')!.value as Host;
}

// --- search, as somebody types ---

let latest = new AbortController();
const tally = { asked: 0, answered: 0, superseded: 0 };

field.addEventListener('input', () => void searchFor(field.value));

/** Asks for the cities and their sums. The next letter aborts the call that the last one made. */
async function searchFor(query: string): Promise<void> {
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  const mine = core;
  let found = false;
  tally.asked++;
  try {
    await search(query, signal);
    found = true;
    await sum(query, signal);
  } catch (error) {
    if (!signal.aborted) complain(error, mine);
  }
  tally[found ? 'answered' : 'superseded']++;
  if (storm) {
    const { asked, answered, superseded } = tally;
    find('tally').textContent = `Asked ${asked} · answered ${answered} · superseded ${superseded}`;
  }
}

async function search(query: string, signal: AbortSignal): Promise<void> {
  const asked = performance.now();
  const { best, matches, onlyAlike } = await core.invoke.search({ query, limit: 8 }, { signal });
  const took = duration(performance.now() - asked);
  results.show(best, query);
  map.highlight(matches);
  const number = matches.length === 0 ? 'No city' : matches.length === 1 ? '1 city' : `${count(matches.length)} cities`;
  const sentence = `${number} ${onlyAlike && matches.length > 0 ? 'spelled alike' : 'found'} in ${took}`;
  find('found').textContent = query === '' ? 'Accents and small typos do not matter.' : sentence;
}

async function sum(query: string, signal: AbortSignal): Promise<void> {
  showStatistics(await core.invoke.statistics({ query }, { signal }));
  find('sums-of').textContent = query === '' ? 'of all cities' : `of the cities with “${query}” in their name`;
}

// --- the nearest cities to a place ---

async function showNearest(at: Place, named?: City): Promise<void> {
  find('where').textContent = named ? placeOf(named) : coordinates(at);
  map.mark(at);
  const mine = core;
  try {
    const { lat, lon } = at;
    const answer = await mine.invoke.nearest({ lat, lon, count: 6 });
    const near = answer.filter(({ city }) => city.rank !== named?.rank).slice(0, 5);
    map.mark(at, near);
    find('near').replaceChildren(
      ...near.map(({ city, kilometres }) =>
        element('li', '', element('b', '', distance(kilometres)), element('span', '', placeOf(city))),
      ),
    );
  } catch (error) {
    complain(error, mine);
  }
}

// --- work that takes a while ---

let lonely: AbortController | undefined;

lonelyButton.addEventListener('click', async () => {
  if (lonely) return lonely.abort();
  const { signal } = (lonely = new AbortController());
  const mine = core;
  lonelyButton.textContent = 'Stop';
  try {
    const started = performance.now();
    showLoneliest(await mine.invoke.loneliest({ count: 5 }, { signal }));
    say(`Found the loneliest cities in ${duration(performance.now() - started)}.`);
  } catch (error) {
    if (signal.aborted) say('Stopped.');
    else complain(error, mine);
  } finally {
    lonely = undefined;
    lonelyButton.textContent = 'Find them';
  }
});

let storm: AbortController | undefined;

stormButton.addEventListener('click', () => {
  if (storm) return stopStorm();
  const { signal } = (storm = new AbortController());
  Object.assign(tally, { asked: 0, answered: 0, superseded: 0 });
  stormButton.textContent = 'Stop the storm';
  const type = (text: string): void => {
    field.value = text;
    void searchFor(text);
  };
  const measure = async (): Promise<void> => showLoneliest(await core.invoke.loneliest({ count: 5 }, { signal }));
  startStorm({ type, measure }, signal);
});

function stopStorm(): void {
  storm?.abort();
  storm = undefined;
  stormButton.textContent = 'Search storm';
}

// --- the line that says how things stand ---

interface State {
  /** How far something is; without it, nothing is going on. */
  share?: number;
  trouble?: boolean;
  again?: boolean;
}

function say(text: string, { share, trouble = false, again = false }: State = {}): void {
  const progress = find<HTMLProgressElement>('progress');
  // A screen reader says what is set here, so the same thing is set once.
  if (find('status').textContent !== text) find('status').textContent = text;
  find('state').classList.toggle('trouble', trouble);
  progress.classList.toggle('idle', share === undefined);
  progress.value = share ?? 0;
  againButton.hidden = !again;
}

/** Tells what went wrong, unless the core that it went wrong with has been left since. */
function complain(error: unknown, asked: Connection<Cities>): void {
  if (asked !== core) return;
  stopStorm();
  if (isCorralError(error) && error.code === 'DATA_UNAVAILABLE') {
    const { reason } = error.details as { reason: string };
    say(`The cities could not be loaded: ${reason}.`, { trouble: true, again: true });
  } else if (!isCorralError(error) || error.code !== 'CONNECTION_LOST') {
    say(error instanceof Error ? error.message : String(error), { trouble: true, again: true });
  }
}
