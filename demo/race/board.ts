/** A row of the race: a bar, a median and a ratio for each contender. */
import type { Contender } from '../../test/bench/contender.ts';
import { duration, median, ratio } from '../../test/bench/table.mjs';
import type { Row } from './rows.ts';

export type Samples = Readonly<Record<string, readonly number[]>>;

export interface Board {
  readonly section: HTMLElement;
  show(samples: Samples): void;
  busy(busy: boolean): void;
  clear(): void;
}

export function board({ workload, what }: Row, contenders: readonly Contender[]): Board {
  const section = element('section', 'card row');
  const heading = element('h2', '', sentence(workload.title));
  heading.id = `${workload.name}-title`;
  section.setAttribute('aria-labelledby', heading.id);
  section.dataset['row'] = workload.name;
  const table = document.createElement('table');
  table.setAttribute('aria-labelledby', heading.id);
  const head = table.createTHead().insertRow();
  for (const title of ['Contender', 'Short is fast', 'Median', '× raw']) {
    const cell = element('th', '', title) as HTMLTableCellElement;
    cell.scope = 'col';
    head.append(cell);
  }
  const body = table.createTBody();
  const lines = contenders.map(({ name, notes }) => {
    const line = body.insertRow();
    line.dataset['contender'] = name;
    const title = element('th', '', name) as HTMLTableCellElement;
    title.scope = 'row';
    const bar = element('td', 'bar') as HTMLTableCellElement;
    const [time, times] = [element('td', 'figure'), element('td', 'figure')];
    line.append(title, bar, time, times);
    return { name, note: notes?.[workload.name], bar, time, times };
  });
  section.append(heading, element('p', 'hint', what), table);

  function clear(): void {
    for (const { bar, time, times } of lines) {
      bar.style.setProperty('--share', '0');
      bar.textContent = '';
      time.textContent = times.textContent = '–';
    }
  }
  clear();

  return {
    section,
    clear,
    busy: (busy) => section.classList.toggle('busy', busy),
    show(samples) {
      const slowest = Math.max(...Object.values(samples).map((own) => (own.length ? median(own) : 0)));
      for (const { name, note, bar, time, times } of lines) {
        const own = samples[name];
        bar.textContent = own ? '' : (note ?? 'cannot do this');
        bar.colSpan = own ? 1 : 3;
        time.hidden = times.hidden = !own;
        if (!own?.length) continue;
        bar.style.setProperty('--share', String(median(own) / slowest));
        time.textContent = duration(median(own));
        times.textContent = ratio(own, samples['raw']!).toFixed(2);
      }
    },
  };
}

/** The results as a table of plain text. */
export function asText(rows: readonly Row[], contenders: readonly Contender[], results: ReadonlyMap<string, Samples>): string {
  const cell = (samples: Samples | undefined, name: string): string => {
    const own = samples?.[name];
    return own?.length ? `${duration(median(own))} (${ratio(own, samples!['raw']!).toFixed(2)})` : '–';
  };
  const names = contenders.map(({ name }) => name);
  const head = [['', ...names], ['---', ...names.map(() => '---')]];
  const lines = rows.map(({ workload }) => [workload.title, ...names.map((name) => cell(results.get(workload.name), name))]);
  return [...head, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
