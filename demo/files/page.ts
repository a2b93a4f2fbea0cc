/** The page: streams a file into the core, and asks for the lines that are in view. It never holds the file. */
import { Channel, connect, isCorralError, release, type Remote } from 'corral';
import type { Files } from './core.ts';
import { showMemory } from './memory.ts';
import { createReader } from './reader.ts';
import { createSearch } from './search.ts';
import { counting, journal, type Source } from './sources.ts';
import { drawUnderWay } from './under-way.ts';
import { bytes, count, counted } from './words.ts';

const find = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E;
const button = (id: string): HTMLButtonElement => find<HTMLButtonElement>(id);
const picker = find<HTMLInputElement>('picker');
const goField = find<HTMLInputElement>('line');
const underWay = drawUnderWay(find<HTMLCanvasElement>('under-way'));

interface Opened {
  id: string;
  lines: number;
  /** The core keeps the file for as long as the page holds this. */
  handle: Remote<{ verify(): Promise<string>; close(): Promise<void> }>;
}
let opened: Opened | undefined;
let intake: { stop: AbortController; setPace(perSecond: number): void } | undefined;

let worker: Worker;
const { invoke, listen } = connect<Files>(() => (worker = new Worker(new URL('./core.ts', import.meta.url), { type: 'module' })));
const memory = showMemory(find('memory'), () => invoke.holds());

// --- a file comes in ---

// #region shown
async function takeIn(source: Source): Promise<void> {
  const { name, size } = source;
  const stop = new AbortController();
  let sent = 0;
  const progress = new Channel<{ bytes: number; lines: number }, number>(({ bytes, lines }) => {
    showProgress({ sent, read: bytes, lines, size });
  });
  // The same channel the other way: how fast the core may read, now and whenever that changes.
  begin({ name, size }, { stop, setPace: (perSecond) => void progress.send(perSecond) });
  const began = performance.now();
  try {
    const body = counting(source.stream(), (bytes) => (sent = bytes));
    const file = await invoke.open({ body, progress }, { signal: stop.signal });
    show(file, `${bytes(size)} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  } catch (error) {
    await explain(error, name, stop.signal);
  }
}

const reader = createReader(
  { frame: find('frame'), sheet: find('sheet'), list: find('lines') },
  {
    // A stream of the lines in view; scrolling on aborts it.
    ask: (from, count, signal) => invoke.lines({ id: opened!.id, from, count }, { signal }),
    onfail: (error) => say(sentenceOf(error), 'trouble'),
  },
);
// #endregion shown

const forgetSearch = createSearch(
  { form: find<HTMLFormElement>('search'), field: find<HTMLInputElement>('text'), previous: button('previous'), found: find<HTMLOutputElement>('found') },
  {
    find: (text, signal) => invoke.find({ id: opened!.id, text }, { signal }),
    onmatch: reader.show,
    ontext: reader.highlight,
    onfail: (error) => say(sentenceOf(error), 'trouble'),
  },
);

function begin({ name, size }: Pick<Source, 'name' | 'size'>, running: NonNullable<typeof intake>): void {
  void close();
  intake = running;
  running.setPace(chosenPace());
  underWay.begin(size);
  memory.begin();
  find('name').textContent = name;
  find('size').textContent = bytes(size);
  say(`Taking in ${name}…`, 'busy');
  setButtons();
}

function showProgress({ sent, read, lines, size }: { sent: number; read: number; lines: number; size: number }): void {
  if (!intake) return;
  underWay.note(sent, read);
  memory.note(sent - read);
  find<HTMLProgressElement>('progress').value = size > 0 ? read / size : 1;
  find('so-far').textContent = `${bytes(read)} of ${bytes(size)}, ${counted(lines, 'line')}`;
}

function show({ id, lines, digest, handle }: Awaited<ReturnType<typeof invoke.open>>, took: string): void {
  intake = undefined;
  opened = { id, lines, handle };
  find('digest').textContent = digest;
  find('line-count').textContent = count(lines);
  goField.max = String(lines);
  reader.open(lines);
  say(`Took in ${took}: ${counted(lines, 'line')}.`);
  setButtons();
  void memory.ask();
}

/** Says what became of a file that did not come in, and asks the core what it still holds. */
async function explain(error: unknown, name: string, { aborted }: AbortSignal): Promise<void> {
  const reached = find('so-far').textContent!.split(' of ')[0];
  intake = undefined;
  forgetFacts();
  setButtons();
  if (isCorralError(error, 'CONNECTION_LOST')) return;
  const held = await memory.ask();
  const left = held?.files === 0 ? ' The core has deleted what it had kept of it.' : '';
  if (aborted) say(`Cancelled after ${reached}.${left}`);
  else say(`${name} did not come in: ${sentenceOf(error)}${left}`, 'trouble');
}

async function close(): Promise<void> {
  const closing = opened?.handle;
  opened = undefined;
  forgetFacts();
  setButtons();
  if (!closing) return;
  // If the core is lost, the next one deletes the file.
  await closing.close().catch(() => undefined);
  release(closing);
}

function forgetFacts(): void {
  for (const id of ['name', 'size', 'digest', 'line-count']) find(id).textContent = '–';
  find('so-far').textContent = '';
  find('verified').textContent = '';
  forgetSearch();
  reader.open(0);
}

// --- what somebody does ---

picker.addEventListener('change', () => {
  const [file] = picker.files!;
  if (file) void takeIn(file);
  // The same file may be picked again.
  picker.value = '';
});
button('pick').addEventListener('click', () => picker.click());
button('generate').addEventListener('click', () => void takeIn(journal(200_000_000)));
button('cancel').addEventListener('click', () => intake?.stop.abort());
button('terminate').addEventListener('click', () => worker.terminate());
button('close').addEventListener('click', async () => {
  await close();
  await memory.ask();
  say('Closed. The core has deleted the file.');
});
button('verify').addEventListener('click', async () => {
  find('verified').textContent = 'Reading it all back…';
  try {
    const digest = await opened!.handle.verify();
    find('verified').textContent = digest === find('digest').textContent ? 'Read back from where it is kept: the same.' : `Read back, it is another: ${digest}`;
  } catch (error) {
    find('verified').textContent = sentenceOf(error);
  }
});
find('go').addEventListener('submit', (event) => {
  event.preventDefault();
  reader.show(goField.valueAsNumber - 1);
});
for (const radio of document.querySelectorAll('[name=pace]')) radio.addEventListener('change', () => intake?.setPace(chosenPace()));

// Dropped beside the page's own place for it, a file would replace the page.
addEventListener('dragover', (event) => {
  event.preventDefault();
  find('drop').classList.toggle('over', !intake);
});
addEventListener('dragleave', () => find('drop').classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  find('drop').classList.remove('over');
  const file = event.dataTransfer?.files[0];
  if (file && !intake) void takeIn(file);
});

function chosenPace(): number {
  return Number(document.querySelector<HTMLInputElement>('[name=pace]:checked')!.value);
}

// --- the core comes and goes ---

void listen('corral:core-ready', () => {
  say('The core is up. Give it a file.');
  void memory.ask();
});
void listen('corral:core-lost', ({ payload: { message, restarting } }) => {
  opened = undefined;
  forgetFacts();
  setButtons();
  memory.forget();
  say(`${message} The file is gone with it.${restarting ? ' Starting another core…' : ''}`, 'trouble');
});
void listen('corral:core-restarted', () => {
  say('Another core is up, and has deleted what the last one left. Give it a file.');
  void memory.ask();
});

// --- how things stand ---

function say(text: string, state: 'quiet' | 'busy' | 'trouble' = 'quiet'): void {
  find('status').textContent = text;
  find('state').classList.toggle('trouble', state === 'trouble');
  find('progress').classList.toggle('idle', state !== 'busy');
  if (state === 'busy') find<HTMLProgressElement>('progress').value = 0;
}

function setButtons(): void {
  for (const id of ['pick', 'generate']) button(id).disabled = intake !== undefined;
  button('cancel').disabled = intake === undefined;
  const isOpen = opened !== undefined;
  for (const one of document.querySelectorAll<HTMLButtonElement | HTMLInputElement>('.needs-file')) one.disabled = !isOpen;
  find('empty').hidden = isOpen;
}

function sentenceOf(error: unknown): string {
  if (isCorralError(error) && error.code === 'NO_ROOM') {
    const { reason, kept } = error.details as { reason: string; kept: number };
    return `there is no room after ${bytes(kept)}. ${reason}`;
  }
  if (isCorralError(error)) return error.message;
  return `the browser could not read it (${error instanceof Error ? error.message : String(error)}).`;
}
