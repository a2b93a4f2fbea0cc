/** Runs a compiled file: gives it what it imports, and stops its loops before they freeze the site. */
import * as corral from 'corral';
import * as core from 'corral/core';
import * as valibot from 'valibot';
import { awaitedAt } from './awaited.ts';
import { BASE } from './protocol.ts';

type Body = (require: (name: string) => object, exports: object, meta: { url: string }, loop: () => void, awaited: ReturnType<typeof awaitedAt>) => Promise<void>;

const packages = new Map<string, object>(Object.entries({ corral, 'corral/core': core, valibot }));

/** Runs in the turn in which it is called, as far as the code does not await. */
export function createRun(failed: (error: unknown) => void): (file: string, body: Body) => void {
  return (file, body) => {
    body(require, {}, { url: `${BASE}${file}` }, loop, awaitedAt(file)).catch(failed);
  };
}

function require(name: string): object {
  const found = packages.get(name);
  if (found) return found;
  throw new Error(
    name.startsWith('.')
      ? `Cannot import \`${name}\`: a page imports only types of its core, with \`import type\`.`
      : `Cannot import \`${name}\`: here are ${[...packages.keys()].map((one) => `\`${one}\``).join(', ')}.`,
  );
}

const PATIENCE = 2_000;
let since: number | undefined;

/** Called by every turn of every loop outside the core. Throws when one has run for two seconds without a pause. */
function loop(): void {
  const now = performance.now();
  if (since === undefined) {
    since = now;
    setTimeout(() => (since = undefined));
  } else if (now - since > PATIENCE) {
    throw new Error('This loop ran for two seconds without a pause, and was stopped: it would have frozen the page. Work of that length belongs in the core.');
  }
}
