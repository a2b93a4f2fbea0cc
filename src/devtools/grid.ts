/** The lines, as a grid of which only what is in view is in the document. */
import { make, say } from './dom.ts';
import type { Entry } from './entry.ts';
import { NAMES, sayLength, sayOutcome, saySize, sayTime } from './words.ts';

export interface Grid {
  readonly element: HTMLElement;
  /** Draws what is in view of these lines, whose numbers grow. Stays at the end if it was there, and else with what was in view. */
  draw(lines: readonly Entry[], chosen: Entry | undefined): void;
  /** Brings the line into view; it may have less room than before. */
  reveal(entry: Entry): void;
  focus(): void;
}

export interface GridOptions {
  /** A line is asked for, or asked for again. */
  onChoose(entry: Entry): void;
  /** It was scrolled, or the keys moved on: draw anew. */
  onMove(): void;
  onEscape(): void;
}

interface Row {
  readonly element: HTMLElement;
  readonly cells: Record<(typeof COLUMNS)[number], HTMLElement>;
  readonly sign: HTMLElement;
  readonly kind: HTMLElement;
  readonly title: Text;
  entry: Entry | undefined;
  version: number;
}

const COLUMNS = ['time', 'client', 'name', 'state', 'length', 'size'] as const;
const HEADS: Record<(typeof COLUMNS)[number], string> = { time: 'At (s)', client: 'Client', name: 'Name', state: 'Outcome', length: 'Took', size: 'Size' };
const SIGNS: Record<Entry['what'], string> = {
  call: '→',
  event: '←',
  emit: '→',
  listen: '○',
  stream: '≈',
  channel: '≈',
  resource: '◆',
  grant: '+',
  revoke: '−',
  invite: '+',
  refusal: '✕',
  connect: '●',
  goodbye: '●',
  fault: '!',
};
/** Lines above and below what is in view. */
const MARGIN = 6;

export function createGrid({ onChoose, onMove, onEscape }: GridOptions): Grid {
  const space = make('div', { class: 'space', role: 'presentation' });
  const body = make('div', { class: 'body', role: 'rowgroup' }, space);
  const heads = COLUMNS.map((column) => make('span', { role: 'columnheader', class: `cell ${column === 'length' || column === 'size' ? 'end' : ''}` }, HEADS[column]));
  const head = make('div', { role: 'rowgroup', class: 'heads' }, make('div', { class: 'head', role: 'row', 'aria-rowindex': 1 }, ...heads));
  const element = make('div', { class: 'table', role: 'grid', 'aria-label': 'Timeline', 'aria-colcount': COLUMNS.length }, head, body);
  const rows = new Map<Entry, Row>();
  const spare: Row[] = [];
  let lines: readonly Entry[] = [];
  let chosen: Entry | undefined;
  /** The line that the keys are at. */
  let active: Entry | undefined;
  let follows = true;
  let height = 26;
  let top: { entry: Entry; offset: number } | undefined;
  /** Where this file has scrolled to. Anywhere else, somebody has. */
  let placed = 0;

  body.addEventListener('scroll', () => {
    notice();
    onMove();
  });
  space.addEventListener('focusin', (event) => {
    const entry = entryOf(event.target);
    if (entry === active) return;
    active = entry;
    drawRows();
  });
  space.addEventListener('keydown', onKey);
  space.addEventListener('click', (event) => {
    const entry = entryOf(event.target);
    if (!entry) return;
    active = entry;
    onChoose(entry);
  });
  new ResizeObserver(() => {
    height = parseFloat(getComputedStyle(element).getPropertyValue('--row'));
    onMove();
  }).observe(element);

  function entryOf(target: EventTarget | null): Entry | undefined {
    const row = (target as Element | null)?.closest('.row');
    for (const [entry, one] of rows) if (one.element === row) return entry;
    return undefined;
  }

  /** By its number, since those grow: the place of the line, or where it would be. */
  function placeOf(entry: Entry): number {
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lines[middle] as Entry).number < entry.number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(body.clientHeight / height) - 1);
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || !active) return;
    if (step !== undefined) move(Math.min(Math.max(placeOf(active) + step, 0), lines.length - 1));
    else if (event.key === 'Enter' || event.key === ' ') onChoose(active);
    else if (event.key === 'Escape') onEscape();
    else return;
    event.preventDefault();
  }

  function move(index: number): void {
    active = lines.at(index);
    reveal(index);
    drawRows();
    focus();
    // Who reads one after the other wants to read on.
    if (chosen && active) onChoose(active);
  }

  function reveal(index: number): void {
    const at = index * height;
    if (at < body.scrollTop) body.scrollTop = at;
    else if (at + height > body.scrollTop + body.clientHeight) body.scrollTop = at + height - body.clientHeight;
    notice();
    follows = index === lines.length - 1;
  }

  function focus(): void {
    if (active) rows.get(active)?.element.focus({ preventScroll: true });
  }

  /** Remembers what is in view, if somebody has scrolled: the news of it may come after the next lines. */
  function notice(): void {
    const { scrollTop, clientHeight } = body;
    if (scrollTop === placed) return;
    placed = scrollTop;
    follows = scrollTop + clientHeight >= lines.length * height - height / 2;
    const index = Math.floor(scrollTop / height);
    const entry = lines[index];
    top = entry && { entry, offset: scrollTop - index * height };
  }

  function scrollTo(position: number): void {
    body.scrollTop = position;
    placed = body.scrollTop;
  }

  function draw(next: readonly Entry[], pick: Entry | undefined): void {
    notice();
    lines = next;
    chosen = pick;
    space.style.blockSize = `${lines.length * height}px`;
    element.setAttribute('aria-rowcount', String(lines.length + 1));
    if (lines.length === 0) follows = true;
    if (follows) scrollTo(lines.length * height);
    else if (top) scrollTo(placeOf(top.entry) * height + top.offset);
    drawRows();
  }

  function drawRows(): void {
    const hadFocus = focused() !== undefined;
    // With the keys elsewhere, they come in where the eye is.
    if (!active || (follows && !hadFocus)) active = lines.at(-1);
    else if (lines[placeOf(active)] !== active) active = lines[Math.min(placeOf(active), lines.length - 1)];
    const first = Math.max(0, Math.floor(body.scrollTop / height) - MARGIN);
    const last = Math.min(lines.length, Math.ceil((body.scrollTop + body.clientHeight) / height) + MARGIN);
    const wanted = new Map<Entry, number>();
    // The one with the focus stays in the document, wherever it was scrolled to.
    const at = active && lines.length > 0 ? placeOf(active) : -1;
    if (active && at >= 0 && at < first) wanted.set(active, at);
    for (let index = first; index < last; index++) wanted.set(lines.at(index) as Entry, index);
    if (active && at >= last) wanted.set(active, at);
    for (const [entry, row] of rows) {
      if (wanted.has(entry)) continue;
      rows.delete(entry);
      spare.push(row);
    }
    for (const [entry, index] of wanted) fill(rowFor(entry), entry, index);
    for (const { element: unused } of spare) unused.remove();
    order([...wanted.keys()].map((entry) => (rows.get(entry) as Row).element));
    if (hadFocus && focused() === undefined) focus();
  }

  function rowFor(entry: Entry): Row {
    const row = rows.get(entry) ?? spare.pop() ?? createRow();
    rows.set(entry, row);
    return row;
  }

  function focused(): Element | undefined {
    const { activeElement } = element.getRootNode() as ShadowRoot;
    return activeElement && space.contains(activeElement) ? activeElement : undefined;
  }

  /** In the document as on the screen. An element that moves loses the focus, so the others move around it. */
  function order(elements: HTMLElement[]): void {
    const still = focused();
    let cursor = space.firstElementChild;
    for (const one of elements) {
      if (one === still) {
        while (cursor && cursor !== one) {
          const next: Element | null = cursor.nextElementSibling;
          space.append(cursor);
          cursor = next;
        }
      }
      if (one === cursor) cursor = cursor.nextElementSibling;
      else space.insertBefore(one, cursor);
    }
  }

  function createRow(): Row {
    const sign = make('span', { class: 'sign', 'aria-hidden': 'true' });
    const kind = make('span', { class: 'unseen' });
    const title = document.createTextNode('');
    const cells = {} as Row['cells'];
    for (const column of COLUMNS) cells[column] = make('span', { class: `cell ${column}`, role: 'gridcell' });
    cells.name.append(sign, kind, title);
    return { element: make('div', { class: 'row', role: 'row' }, ...COLUMNS.map((column) => cells[column])), cells, sign, kind, title, entry: undefined, version: -1 };
  }

  function fill(row: Row, entry: Entry, index: number): void {
    const { element: line, cells, sign, kind, title } = row;
    line.style.transform = `translateY(${index * height}px)`;
    line.setAttribute('aria-rowindex', String(index + 2));
    line.setAttribute('aria-selected', String(entry === chosen));
    line.tabIndex = entry === active ? 0 : -1;
    if (row.entry === entry && row.version === entry.version) return;
    row.entry = entry;
    row.version = entry.version;
    line.className = `row ${entry.outcome}`;
    say(cells.time, sayTime(entry.at));
    say(cells.client, entry.client);
    say(sign, SIGNS[entry.what]);
    say(kind, `${NAMES[entry.what]}: `);
    say(title, entry.name);
    say(cells.state, sayOutcome(entry));
    say(cells.length, sayLength(entry));
    say(cells.size, entry.size > 0 ? saySize(entry.size, entry.exact) : '');
  }

  return {
    element,
    draw,
    reveal(entry) {
      reveal(placeOf(entry));
      drawRows();
    },
    focus,
  };
}
