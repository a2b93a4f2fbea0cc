/** `<corral-inspector>`: what crosses between clients and cores, live. */
import type { Port } from '../client.ts';
import { createDetail, type Detail } from './detail.ts';
import { make } from './dom.ts';
import type { Entry } from './entry.ts';
import { timelineOf, transcriptOf } from './export.ts';
import { isIdle, newFilter, passes } from './filter.ts';
import { createGrid, type Grid } from './grid.ts';
import { listenHere } from './hub.ts';
import { measure } from './measure.ts';
import type { Counts, Source } from './peer.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { follow } from './relay.ts';
import { styleSheet } from './style.ts';
import { createToolbar, type Toolbar } from './toolbar.ts';

const LIMIT: number = 10_000;
/** So much may be open in a realm that is attached: one that never ends anything fills its own memory, not this one's. */
const FOLLOWED = 20_000;
/** A worker has no elements; it loads this file for `relay`. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

interface View {
  detail: Detail;
  grid: Grid;
  toolbar: Toolbar;
  empty: HTMLElement;
}

interface Feed {
  source: Source;
  port: Port;
  stop: (() => void) | undefined;
}

/**
 * An element that shows what crosses. It begins when it is put into a document, with what was kept since `corral/devtools` was loaded, and ends when
 * it is taken out. Attributes: `limit`, how many lines are kept (10,000); `measure`, puts calls on a track of the browser's performance panel;
 * `attached-only`, leaves this realm out.
 */
export class CorralInspector extends Base {
  static readonly observedAttributes: string[] = ['limit'];

  readonly #here: Source = { name: '', most: Infinity };
  readonly #feeds = new Set<Feed>();
  readonly #filter = newFilter();
  #recorder: Recorder = this.#record();
  #mute: (() => void) | undefined;
  #view: View | undefined;
  #chosen: Entry | undefined;
  #due = false;

  /** How many lines are kept, and as many messages of the transcript; the oldest go first. */
  get limit(): number {
    const limit = Number(this.getAttribute('limit'));
    return limit >= 1 ? Math.floor(limit) : LIMIT;
  }
  set limit(limit: number) {
    this.setAttribute('limit', String(limit));
  }

  /** Whether calls and streams are shown on a track of the performance panel. */
  get measure(): boolean {
    return this.hasAttribute('measure');
  }
  set measure(on: boolean) {
    this.toggleAttribute('measure', on);
  }

  /** While it is true nothing new is kept. What is open is counted all the same. */
  get paused(): boolean {
    return this.#recorder.paused;
  }
  set paused(paused: boolean) {
    this.#recorder.paused = paused;
    this.#changed();
  }

  /** What is open now, or what is of one client. */
  counts(client?: string): Counts {
    return this.#recorder.counts(client);
  }

  /** Lets go of the timeline and the transcript. */
  clear(): void {
    this.#recorder.clear();
    this.#chosen = undefined;
    this.#changed();
  }

  /** The timeline, oldest first: plain objects, as the button saves them. */
  toJSON(): object[] {
    return timelineOf(this.#recorder.entries.list());
  }

  /** What crossed, as JSON Lines of JSON-RPC messages, oldest first. */
  transcript(): string {
    return transcriptOf(this.#recorder.transcript.list());
  }

  /**
   * Shows another realm too, whose `relay` has the other end of the port; its clients appear as `name: label`. Returns what ends it: what is open
   * there has then ended.
   */
  attach(port: Port, name: string): () => void {
    const feed: Feed = { source: { name, most: FOLLOWED }, port, stop: undefined };
    this.#feeds.add(feed);
    if (this.#mute) this.#follow(feed);
    return () => {
      feed.stop?.();
      this.#feeds.delete(feed);
      this.#recorder.lose(feed.source);
    };
  }

  connectedCallback(): void {
    if (this.#mute) return;
    this.#view ??= this.#show();
    this.#recorder = this.#record();
    const mute = this.hasAttribute('attached-only') ? () => {} : listenHere((captured) => this.#recorder.take(this.#here, captured));
    for (const feed of this.#feeds) this.#follow(feed);
    this.#mute = () => {
      mute();
      for (const { stop } of this.#feeds) stop?.();
    };
    this.#changed();
  }

  /** Moving it to another place is no end. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#mute?.();
      this.#mute = undefined;
    });
  }

  attributeChangedCallback(): void {
    this.#changed();
  }

  #record(): Recorder {
    return createRecorder({
      limit: () => this.limit,
      onChange: () => this.#changed(),
      onEnd: (entry, source) => {
        if (source === this.#here && this.measure) measure(entry);
      },
    });
  }

  #follow(feed: Feed): void {
    feed.stop = follow(
      feed.port,
      (captured) => this.#recorder.take(feed.source, captured),
      (count) => this.#recorder.miss(count),
    );
  }

  #show(): View {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    const status = make('div', { class: 'unseen', role: 'status' });
    const close = (): void => {
      this.#chosen = undefined;
      this.#draw();
      grid.focus();
    };
    const detail = createDetail({ onClose: close, announce: (text) => void (status.textContent = text) });
    const grid = createGrid({
      onChoose: (entry) => this.#choose(entry),
      onMove: () => this.#changed(),
      onEscape: close,
    });
    const toolbar = createToolbar({
      filter: this.#filter,
      onFilter: () => this.#changed(),
      onPause: () => (this.paused = !this.paused),
      onClear: () => this.clear(),
      onExport: (what) => this.#save(what),
    });
    const empty = make('p', { class: 'empty' });
    root.append(make('div', { class: 'frame' }, toolbar.controls, toolbar.counts, make('div', { class: 'split' }, make('div', { class: 'list' }, grid.element, empty), detail.element), status));
    return { detail, grid, toolbar, empty };
  }

  #choose(entry: Entry): void {
    this.#chosen = entry;
    this.#draw();
    this.#view?.grid.reveal(entry);
  }

  /** However much happens, it is drawn once in a frame. */
  #changed(): void {
    if (this.#due || !this.#view) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (!this.#view) return;
    const { detail, grid, toolbar, empty } = this.#view;
    const { entries, clients, missed, paused } = this.#recorder;
    const all = entries.list();
    const lines = isIdle(this.#filter) ? all : all.filter((entry) => passes(this.#filter, entry));
    const { length: shown } = lines;
    toolbar.draw({ clients, counts: this.counts(this.#filter.client), shown, kept: entries.length, gone: entries.gone, missed, paused });
    empty.hidden = shown > 0;
    empty.textContent = shown > 0 ? '' : entries.length > 0 ? 'No line passes the filter.' : paused ? 'Paused: nothing is kept.' : 'Nothing has crossed yet.';
    grid.draw(lines, this.#chosen);
    detail.show(this.#chosen);
  }

  #save(what: 'timeline' | 'transcript'): void {
    const [text, name, type] = what === 'timeline' ? [JSON.stringify(this.toJSON(), undefined, 2), 'corral-timeline.json', 'application/json'] : [this.transcript(), 'corral-transcript.jsonl', 'application/jsonl'];
    const href = URL.createObjectURL(new Blob([text], { type }));
    make('a', { href, download: name }).click();
    URL.revokeObjectURL(href);
  }
}

if (globalThis.customElements && !customElements.get('corral-inspector')) customElements.define('corral-inspector', CorralInspector);

declare global {
  interface HTMLElementTagNameMap {
    'corral-inspector': CorralInspector;
  }
}
