/** The console panel: what the project's threads printed, and its mistakes with their places. */
import type { Place } from './project.ts';
import type { Printed } from './preview.ts';

export interface ConsolePanel {
  print(line: Printed): void;
  /** A sentence of the playground itself. */
  say(text: string, level?: 'info' | 'error', place?: Place): void;
  clear(): void;
}

const MOST = 1_000;

/** `visit` shows a place in its editor. */
export function createConsole(list: HTMLElement, visit: (place: Place) => void): ConsolePanel {
  const panel = list.parentElement!;
  let waiting: HTMLElement[] = [];

  function add(level: string, from: string, text: string, place: Place | undefined): void {
    const line = element('li', level);
    line.append(element('span', 'from', from), element('span', 'text', text));
    if (place) {
      const link = element('button', 'place', `${place.file}:${place.line}:${place.column}`);
      link.addEventListener('click', () => visit(place));
      line.append(link);
    }
    waiting.push(line);
    // A program that prints in a loop would otherwise lay out the panel for each line.
    if (waiting.length === 1) requestAnimationFrame(flush);
    else if (waiting.length > MOST) waiting.shift();
  }

  function flush(): void {
    const atEnd = panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 8;
    list.append(...waiting.splice(0));
    while (list.childElementCount > MOST) list.firstElementChild?.remove();
    if (atEnd) panel.scrollTop = panel.scrollHeight;
  }

  return {
    print: ({ level, from, text, place }) => add(level, from.replace(/\.ts$/, ''), text, place),
    say: (text, level = 'info', place) => add(`${level} own`, 'playground', text, place),
    clear() {
      waiting = [];
      list.replaceChildren();
    },
  };
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
