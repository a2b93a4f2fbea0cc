/** The inspector's controls: filters, pause, clear, export; and below them what is open. */
import { make, say } from './dom.ts';
import type { Filter, OutcomeFilter } from './filter.ts';
import type { Group } from './entry.ts';
import type { Counts } from './peer.ts';
import { sayCount } from './words.ts';

export interface Toolbar {
  readonly controls: HTMLElement;
  readonly counts: HTMLElement;
  draw(state: ToolbarState): void;
}

export interface ToolbarState {
  readonly clients: ReadonlySet<string>;
  readonly counts: Counts;
  readonly shown: number;
  readonly kept: number;
  /** Lines that were let go of to make room, and captures that never came. */
  readonly gone: number;
  readonly missed: number;
  readonly paused: boolean;
}

export interface ToolbarOptions {
  readonly filter: Filter;
  onFilter(): void;
  onPause(): void;
  onClear(): void;
  onExport(what: 'timeline' | 'transcript'): void;
}

const KINDS: Record<Group, string> = { calls: 'Calls', events: 'Events', streams: 'Streams, resources', gate: 'Grants, refusals', connections: 'Connections' };
const OUTCOMES: Record<OutcomeFilter, string> = { open: 'Open', done: 'Done', bad: 'Went wrong', refused: 'Refused', failed: 'Failed', cancelled: 'Cancelled', lost: 'Lost' };
const COUNTED: (keyof Counts)[] = ['calls', 'listeners', 'channels', 'streams', 'resources'];

export function createToolbar({ filter, onFilter, onPause, onClear, onExport }: ToolbarOptions): Toolbar {
  const find = make('input', { type: 'search', class: 'find', placeholder: 'Filter by name or code', 'aria-label': 'Filter by name or code', spellcheck: 'false', oninput: () => ((filter.text = find.value), onFilter()) });
  const client = select('Client', {}, (value) => (filter.client = value));
  const group = select('Kind', KINDS, (value) => (filter.group = value as Group | undefined));
  const outcome = select('Outcome', OUTCOMES, (value) => (filter.outcome = value as OutcomeFilter | undefined));
  const pause = make('button', { type: 'button', 'aria-pressed': 'false', onclick: onPause }, 'Pause');
  const button = (text: string, label: string, onclick: () => void): HTMLElement => make('button', { type: 'button', 'aria-label': label, title: label, onclick }, text);
  const controls = make(
    'div',
    { class: 'bar', role: 'group', 'aria-label': 'Controls' },
    find,
    make('div', { class: 'group filters' }, client, group, outcome),
    make(
      'div',
      { class: 'group actions' },
      pause,
      button('Clear', 'Clear the timeline', onClear),
      button('JSON ↓', 'JSON: save the timeline', () => onExport('timeline')),
      button('RPC ↓', 'RPC: save what crossed, as a JSON-RPC transcript', () => onExport('transcript')),
    ),
  );
  const figures = new Map(COUNTED.map((name) => [name, make('dd', {}, '0')] as const));
  const kept = make('span', { class: 'kept' });
  const list = make('dl', { 'aria-label': 'Open now' }, ...COUNTED.map((name) => make('div', {}, make('dt', {}, name), figures.get(name))));
  const counts = make('div', { class: 'counts' }, list, kept);

  function select(label: string, options: Record<string, string>, set: (value: string | undefined) => void): HTMLSelectElement {
    const element = make('select', { 'aria-label': label }, make('option', { value: '' }, label), ...Object.entries(options).map(([value, text]) => make('option', { value }, text)));
    element.addEventListener('change', () => {
      set(element.value || undefined);
      onFilter();
    });
    return element;
  }

  /** The list of an open menu is left alone unless there is something new. */
  function drawClients(names: ReadonlySet<string>): void {
    const wanted = [...new Set([...names, ...(filter.client === undefined ? [] : [filter.client])])].sort();
    const have = [...client.options].slice(1).map(({ value }) => value);
    if (wanted.length === have.length && wanted.every((name, index) => name === have[index])) return;
    const [all] = client.options;
    client.replaceChildren(...(all ? [all] : []), ...wanted.map((name) => make('option', { value: name }, name)));
    client.value = filter.client ?? '';
  }

  return {
    controls,
    counts,
    draw(state) {
      drawClients(state.clients);
      for (const [name, figure] of figures) {
        say(figure, sayCount(state.counts[name]));
        figure.parentElement?.classList.toggle('some', state.counts[name] > 0);
      }
      const { shown, kept: all, gone, missed } = state;
      const lost = [gone > 0 ? `${sayCount(gone)} older gone` : '', missed > 0 ? `${sayCount(missed)} missed` : ''].filter(Boolean);
      say(kept, [shown === all ? `${sayCount(all)} ${all === 1 ? 'line' : 'lines'}` : `${sayCount(shown)} of ${sayCount(all)} lines`, ...lost].join(', '));
      pause.setAttribute('aria-pressed', String(state.paused));
      say(pause, state.paused ? 'Paused' : 'Pause');
    },
  };
}
