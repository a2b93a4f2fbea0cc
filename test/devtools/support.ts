/** An inspector on the page, a core to inspect, and what one reads of both. */
import { assert } from 'chai';
import { channel, command, createCore, event, resource, type Core } from 'corral/core';
import type { CorralInspector } from 'corral/devtools';
import * as v from 'valibot';
import { atEnd, eventually } from '../support/corral.ts';

/** In the document until the end of the test, empty at first: other tests of the file have left their lines. */
export function show(attributes: Record<string, string> = {}): CorralInspector {
  const inspector = document.createElement('corral-inspector');
  for (const [name, value] of Object.entries(attributes)) inspector.setAttribute(name, value);
  inspector.style.blockSize = '400px';
  document.body.append(inspector);
  inspector.clear();
  atEnd(() => inspector.remove());
  return inspector;
}

export interface Told {
  number: number;
  what: string;
  name: string;
  client: string;
  outcome: string;
  code?: string;
  sentence?: string;
  verdict?: string;
  bytes: number;
  bytesAreExact: boolean;
  milliseconds?: number;
  input?: unknown;
  answer?: unknown;
  details?: unknown;
  headers?: unknown;
  items?: number;
  sample?: unknown[];
}

/** The lines of one client, those of connections left out. */
export function told(inspector: CorralInspector, client = 'main'): Told[] {
  return (inspector.toJSON() as Told[]).filter((one) => one.client === client && !['connect', 'goodbye'].includes(one.what));
}

/** The one line of this name. */
export function lineOf(inspector: CorralInspector, name: string, what = 'call', client = 'main'): Told {
  const found = told(inspector, client).filter((one) => one.name === name && one.what === what);
  assert.lengthOf(found, 1, `lines of ${what} ${name}`);
  return found[0] as Told;
}

export const within = (inspector: CorralInspector, selector: string): HTMLElement[] => [...(inspector.shadowRoot as ShadowRoot).querySelectorAll<HTMLElement>(selector)];
export const rowsOf = (inspector: CorralInspector): HTMLElement[] => within(inspector, '.row');
export const textsOf = (inspector: CorralInspector, column: string): string[] => rowsOf(inspector).map((row) => row.querySelector(`.${column}`)?.textContent ?? '');

/** Until what was asked for has been drawn. */
export const shows = (inspector: CorralInspector, what: string, holds: () => unknown): Promise<void> => eventually(`the inspector shows ${what} (${rowsOf(inspector).length} rows)`, holds);

export type Workshop = ReturnType<typeof createWorkshop>;

export function createWorkshop() {
  return createCore({
    name: 'workshop',
    version: '1',
    commands: {
      greet: command({ args: v.object({ name: v.string() }), handler: ({ name }) => `Hello, ${name}!` }),
      echo: command({ args: v.any(), handler: (value: unknown) => value }),
      full: command({ errors: { FULL: v.object({ limit: v.number() }) }, handler: (_: undefined, { fail }) => fail('FULL', { limit: 10 }) }),
      sleep: command({ handler: (_: undefined, { signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())) }),
      broken: command({ handler: () => (() => 1) as never }),
      count: command({ args: v.number(), yields: v.number(), async *handler(to) { for (let n = 0; n < to; n++) yield n; } }),
      fails: command({ yields: v.number(), async *handler() { yield 1; throw new Error('half-way'); } }),
      report: command({ args: v.object({ progress: channel(v.number()) }), handler: async ({ progress }) => { for (const n of [0.5, 1]) await progress.send(n); } }),
      open: command({ handler: () => ({ file: resource({ read: (length: number) => 'x'.repeat(length), wait: () => new Promise<void>(() => {}) }) }) }),
    },
    events: { news: event(v.string()) },
    onError() {},
  });
}

export type { Core };
