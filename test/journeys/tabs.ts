/** Opens tabs: a same-origin frame has a realm, locks and workers of its own, and removing it is closing the tab. */
import type { Connection } from 'corral';
import { atEnd, eventually } from '../support/corral.ts';
import type { Tab } from './tab.ts';
import type { Workshop } from './workshop.ts';

export interface OpenTab {
  readonly frame: HTMLIFrameElement;
  readonly window: Window & typeof globalThis;
  /** Connects from inside the tab to the shared workshop of that name. */
  connect(name: string, options?: Parameters<Tab['connect']>[1]): Connection<Workshop>;
  /** Starts a workshop of the tab's own, in a dedicated worker, and connects to it. */
  start(name: string): Connection<Workshop>;
  /** Closes the tab: no code of it runs any more. */
  close(): void;
}

const page = new URL('./tab.html', import.meta.url).href;
const workshop = new URL('../support/cores/workshop.core.ts', import.meta.url).href;

export async function openTab(): Promise<OpenTab> {
  const frame = document.createElement('iframe');
  frame.src = page;
  document.body.append(frame);
  atEnd(() => frame.remove());
  const window = frame.contentWindow as unknown as Window & typeof globalThis & { tab?: Tab };
  await eventually('the tab loaded', () => window.tab);
  const tab = window.tab as Tab;
  return {
    frame,
    window,
    connect: (name, options) => tab.connect<Workshop>(() => new tab.SharedWorker(workshop, { type: 'module', name }), options),
    start: (name) => tab.connect<Workshop>(() => new tab.Worker(workshop, { type: 'module', name })),
    close: () => frame.remove(),
  };
}
