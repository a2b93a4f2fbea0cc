/** What page and core hold, as far as they and the browser tell. */
import { bytes, counted } from './words.ts';

interface Held {
  files: number;
  disk: number;
  memory: number;
  indexes: number;
  step: number;
}

interface Measured {
  breakdown: { bytes: number; attribution: { scope: string }[] }[];
}

declare global {
  interface Performance {
    /** Chromium's, of this page alone. */
    readonly memory?: { readonly usedJSHeapSize: number };
    /** Chromium's, in pages that are isolated from other origins. */
    measureUserAgentSpecificMemory?(): Promise<Measured>;
  }
}

export interface Memory {
  /** A file begins to come in. */
  begin(): void;
  /** So much is under way. */
  note(bytes: number): void;
  /** Asks the core what it holds, and shows it; resolves with undefined if there is no core to ask. */
  ask(): Promise<Held | undefined>;
  /** There is no core any more. */
  forget(): void;
}

export function showMemory(root: HTMLElement, holds: () => Promise<Held>): Memory {
  const set = (name: string, text: string): void => {
    const shown = root.querySelector(`[data-fact=${name}]`)!;
    if (shown.textContent !== text) shown.textContent = text;
  };
  let most = 0;

  function showHeap(): void {
    const { memory } = performance;
    if (memory) set('heap', bytes(memory.usedJSHeapSize));
  }
  if (performance.memory) setInterval(showHeap, 1000);
  showHeap();

  const weigh = root.querySelector('button')!;
  const hint = root.querySelector<HTMLElement>('[data-fact=weighed]')!;
  if (!performance.measureUserAgentSpecificMemory) {
    weigh.disabled = true;
    hint.textContent = 'Only Chromium weighs a core apart from its page, where the server isolates the page.';
  }
  weigh.addEventListener('click', async () => {
    weigh.disabled = true;
    hint.textContent = 'The browser weighs them when it next collects garbage: up to a minute.';
    try {
      const { breakdown } = await performance.measureUserAgentSpecificMemory!();
      const of = (wanted: string): string =>
        bytes(breakdown.filter(({ attribution }) => attribution.some(({ scope }) => scope === wanted)).reduce((sum, part) => sum + part.bytes, 0));
      hint.textContent = `Page ${of('Window')}, core ${of('DedicatedWorkerGlobalScope')}.`;
    } catch (error) {
      hint.textContent = String(error);
    }
    weigh.disabled = false;
  });

  return {
    begin() {
      most = 0;
      this.note(0);
    },
    note(underWay) {
      most = Math.max(most, underWay);
      set('under-way', bytes(underWay));
      set('most', bytes(most));
    },
    async ask() {
      const held = await holds().catch(() => undefined);
      if (!held) return undefined;
      set('disk', bytes(held.disk));
      set('memory', bytes(held.memory));
      set('index', bytes(held.indexes));
      set('step', held.step > 0 ? `one place for each ${held.step === 1 ? 'line' : counted(held.step, 'line')}` : '65,536 places at most');
      return held;
    },
    forget() {
      for (const name of ['disk', 'memory', 'index']) set(name, '–');
    },
  };
}
