/** What there is to know of one line: its outcome and sentence, its facts, what was sent and what was answered. */
import { make, prose } from './dom.ts';
import { durationOf, type Entry } from './entry.ts';
import { toText } from './picture.ts';
import type { Picture } from './snapshot.ts';
import { makeTree } from './tree.ts';
import { NAMES, sayCount, sayDuration, sayOutcome, saySize, sayTime } from './words.ts';

export interface Detail {
  readonly element: HTMLElement;
  /** Shows this line, or nothing. What has not changed since is left as it is, with its branches open. */
  show(entry: Entry | undefined): void;
}

export interface DetailOptions {
  onClose(): void;
  /** Says it to who does not see. */
  announce(text: string): void;
}

export function createDetail({ onClose, announce }: DetailOptions): Detail {
  const element = make('aside', { class: 'detail', 'aria-label': 'Details', hidden: true });
  let shown: Entry | undefined;
  let version = -1;
  /** By title; kept as long as their picture is. */
  let pictures = new Map<string, { picture: Picture; section: HTMLElement }>();

  function show(entry: Entry | undefined): void {
    if (entry === shown && entry?.version === version) return;
    if (entry !== shown) pictures = new Map();
    shown = entry;
    version = entry?.version ?? -1;
    element.hidden = entry === undefined;
    if (entry) fill(entry);
    else element.replaceChildren();
  }

  function fill(entry: Entry): void {
    const close = make('button', { type: 'button', onclick: onClose, 'aria-label': 'Close the details' }, '✕');
    const sections = [
      section('Error details', entry.details),
      section(entry.what === 'event' || entry.what === 'emit' ? 'Payload' : entry.what === 'grant' ? 'Capability' : 'Arguments', entry.input),
      section('Headers', entry.headers),
      section('Answer', entry.answer),
      entry.sample?.length ? sample(entry.sample, entry.items ?? 0) : undefined,
    ];
    const old = element.querySelector('header button');
    const hadFocus = old !== null && (element.getRootNode() as ShadowRoot).activeElement === old;
    element.className = `detail ${entry.outcome}`;
    element.replaceChildren(make('header', {}, make('h2', {}, entry.name), close), facts(entry), ...sections.filter((one) => one !== undefined));
    if (hadFocus) close.focus();
  }

  function facts(entry: Entry): HTMLElement {
    const { what, client, way, id, at, size, exact, sentence, verdict, carries, from } = entry;
    const duration = durationOf(entry);
    const told: [string, string | undefined][] = [
      [NAMES[what], sayOutcome(entry)],
      ['Client', client],
      ['Direction', way && (way === 'out' ? 'client to core' : 'core to client')],
      ['Gate', verdict],
      ['Began', `${sayTime(at)} s`],
      ['Took', duration === undefined ? (entry.outcome === 'open' ? 'so far no end' : undefined) : sayDuration(duration)],
      ['Carries', carries],
      ['Size', size > 0 ? `about ${saySize(size, exact)}` : undefined],
      ['Id', id === undefined ? undefined : String(id)],
      ['Opened by', from === undefined ? undefined : `line ${from}`],
    ];
    const list = make('dl', { class: 'facts' });
    for (const [term, text] of told) if (text) list.append(make('dt', {}, term), make('dd', {}, ...prose(text)));
    return make('section', {}, sentence ? make('p', { class: 'sentence' }, ...prose(sentence)) : undefined, list);
  }

  function section(title: string, picture: Picture | undefined): HTMLElement | undefined {
    if (picture === undefined) return undefined;
    const known = pictures.get(title);
    if (known?.picture === picture) return known.section;
    const copy = make('button', { type: 'button', 'aria-label': `Copy: ${title}`, onclick: () => void put(title, picture) }, 'Copy');
    const made = make('section', {}, make('div', { class: 'title' }, make('h3', {}, title), copy), makeTree(picture));
    pictures.set(title, { picture, section: made });
    return made;
  }

  function sample(items: Picture[], count: number): HTMLElement | undefined {
    const title = items.length === count ? 'Items' : `The newest items, of ${sayCount(count)}`;
    return section(title, { is: 'array', values: [...items], more: 0 });
  }

  async function put(title: string, picture: Picture): Promise<void> {
    try {
      await navigator.clipboard.writeText(toText(picture));
      announce(`${title} copied`);
    } catch {
      announce(`${title} could not be copied: the browser refused`);
    }
  }

  return { element, show };
}
