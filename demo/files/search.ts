/** Searches the file for a text, one match at a time: the core looks no further than somebody asks. */
import { count, counted } from './words.ts';

interface Parts {
  form: HTMLFormElement;
  field: HTMLInputElement;
  previous: HTMLButtonElement;
  found: HTMLOutputElement;
}

interface Asking {
  find(text: string, signal: AbortSignal): Promise<AsyncIterable<number>>;
  onmatch(line: number): void;
  ontext(text: string): void;
  onfail(error: unknown): void;
}

/** Returns what forgets the matches, because the file is another. */
export function createSearch({ form, field, previous, found }: Parts, { find, onmatch, ontext, onfail }: Asking): () => void {
  let matches: number[] = [];
  let place = -1;
  let search: { further: Promise<AsyncIterator<number>>; stop: AbortController } | undefined;
  let waiting = false;

  field.addEventListener('input', forget);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value !== '') void forward();
  });
  previous.addEventListener('click', () => show(place - 1));

  function forget(): void {
    search?.stop.abort();
    search = undefined;
    matches = [];
    place = -1;
    waiting = false;
    previous.disabled = true;
    found.value = '';
    ontext(field.value);
  }

  function show(next: number): void {
    place = next;
    previous.disabled = place === 0;
    found.value = `Match ${count(place + 1)}, in line ${count(matches[place]! + 1)}`;
    onmatch(matches[place]!);
  }

  async function forward(): Promise<void> {
    if (waiting) return;
    if (place + 1 < matches.length) return show(place + 1);
    const mine = (search ??= begin(field.value));
    waiting = true;
    found.value = 'Searching…';
    try {
      const { value, done } = await (await mine.further).next();
      if (mine !== search) return;
      if (!done) show(matches.push(value) - 1);
      else found.value = matches.length === 0 ? 'It is nowhere in the file' : `That was the last of ${counted(matches.length, 'line')}`;
    } catch (error) {
      if (mine !== search) return;
      found.value = '';
      onfail(error);
    } finally {
      if (mine === search) waiting = false;
    }
  }

  function begin(text: string): NonNullable<typeof search> {
    const stop = new AbortController();
    return { further: find(text, stop.signal).then((lines) => lines[Symbol.asyncIterator]()), stop };
  }

  return forget;
}
