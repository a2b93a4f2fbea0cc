/** The lines of the file that are in view, asked for as somebody scrolls. The file may have more lines than an element may have pixels. */
import { count } from './words.ts';
import type { Line } from './lines.ts';

const rowHeight = 24;
/** Engines end elements somewhere beyond this; a longer file is scrolled in proportion. */
const tallest = 4_000_000;
const linesRemembered = 4_000;

interface Parts {
  /** What scrolls. */
  frame: HTMLElement;
  /** As tall as all lines together, or as an element may be. */
  sheet: HTMLElement;
  list: HTMLElement;
}

interface Asking {
  ask(from: number, count: number, signal: AbortSignal): Promise<AsyncIterable<Line>>;
  onfail(error: unknown): void;
}

export interface Reader {
  /** Shows another file, from its first line on, or none. */
  open(lines: number): void;
  /** Shows this line, counted from 0, and marks it. */
  show(line: number): void;
  /** Marks this text wherever it is in view. */
  highlight(text: string): void;
}

export function createReader({ frame, sheet, list }: Parts, { ask, onfail }: Asking): Reader {
  let lines = 0;
  /** The line at the upper edge; between two lines, a fraction. */
  let top = 0;
  let chosen = -1;
  let highlighted = '';
  let known = new Map<number, Line>();
  let asked: { from: number; to: number; stop: AbortController } | undefined;
  let seen = 0;
  let drawing = false;
  let settling: ReturnType<typeof setTimeout> | undefined;

  const rows = (): number => frame.clientHeight / rowHeight;
  const lowest = (): number => Math.max(0, lines - rows());
  const range = (): number => Math.max(1, sheet.offsetHeight - frame.clientHeight);
  const isWhole = (): boolean => lines * rowHeight <= tallest;

  frame.addEventListener('scroll', () => {
    const moved = frame.scrollTop - seen;
    seen = frame.scrollTop;
    if (moved === 0) return;
    const isJump = Math.abs(moved) > 2 * frame.clientHeight;
    top = clamp(isWhole() || isJump ? (frame.scrollTop / range()) * lowest() : top + moved / rowHeight);
    clearTimeout(settling);
    settling = setTimeout(settle, 200);
    draw();
  });
  frame.addEventListener('keydown', ({ key }) => {
    if (key === 'Home') go(0);
    else if (key === 'End') go(lowest());
  });
  new ResizeObserver(() => {
    list.style.height = `${frame.clientHeight}px`;
    go(top);
  }).observe(frame);

  /** Puts the scroll bar where the lines are: in a long file, steps move the two by different amounts. */
  function settle(): void {
    frame.scrollTop = lowest() > 0 ? (top / lowest()) * range() : 0;
    seen = frame.scrollTop;
  }

  function clamp(line: number): number {
    return Math.min(Math.max(0, line), lowest());
  }

  function go(line: number): void {
    top = clamp(line);
    settle();
    draw();
  }

  function draw(): void {
    if (!drawing) requestAnimationFrame(drawNow);
    drawing = true;
  }

  function drawNow(): void {
    drawing = false;
    const first = Math.floor(top);
    const wanted = Math.min(Math.ceil(rows()) + 1, lines - first);
    while (list.children.length > wanted) list.lastElementChild!.remove();
    while (list.children.length < wanted) list.append(newRow());
    for (let row = 0; row < wanted; row++) fill(list.children[row] as HTMLElement, first + row);
    list.style.setProperty('--shift', `${(first - top) * rowHeight}px`);
    fetchAround(first, wanted);
  }

  function fill(row: HTMLElement, line: number): void {
    const [number, text] = row.children as unknown as [HTMLElement, HTMLElement];
    const here = known.get(line);
    row.classList.toggle('chosen', line === chosen);
    number.textContent = count(line + 1);
    text.replaceChildren(...(here ? pieces(here.text) : ['…']));
    if (here && here.cut > 0) text.append(Object.assign(document.createElement('i'), { textContent: ` and ${count(here.cut)} more bytes` }));
  }

  function pieces(text: string): (string | HTMLElement)[] {
    if (highlighted === '') return [text];
    return text.split(highlighted).flatMap((part, n) => (n === 0 ? [part] : [Object.assign(document.createElement('mark'), { textContent: highlighted }), part]));
  }

  /** Asks for what is in view and a screen around it, unless that is known or asked for. The last question is given up. */
  function fetchAround(first: number, shown: number): void {
    let missing = false;
    for (let line = first; line < first + shown; line++) missing ||= !known.has(line);
    if (!missing || (asked && asked.from <= first && asked.to >= first + shown)) return;
    asked?.stop.abort();
    const from = Math.max(0, first - shown);
    asked = { from, to: Math.min(lines, first + 2 * shown), stop: new AbortController() };
    void fetchLines(asked);
  }

  async function fetchLines(mine: NonNullable<typeof asked>): Promise<void> {
    const { signal } = mine.stop;
    const into = known;
    if (into.size > linesRemembered) into.clear();
    try {
      for await (const line of await ask(mine.from, mine.to - mine.from, signal)) {
        into.set(line.line, line);
        draw();
      }
    } catch (error) {
      if (!signal.aborted) onfail(error);
    } finally {
      if (asked === mine) asked = undefined;
    }
  }

  return {
    open(number) {
      asked?.stop.abort();
      asked = undefined;
      lines = number;
      chosen = -1;
      known = new Map();
      sheet.style.height = `${Math.min(tallest, lines * rowHeight)}px`;
      list.style.setProperty('--digits', `${count(lines).length}ch`);
      list.scrollLeft = 0;
      go(0);
    },
    show(line) {
      chosen = line;
      go(line - Math.floor(rows() / 3));
    },
    highlight(text) {
      highlighted = text;
      draw();
    },
  };
}

function newRow(): HTMLElement {
  const row = document.createElement('li');
  row.append(document.createElement('span'), document.createElement('span'));
  return row;
}
