/** The preview's half in a worker: tells the document what the core prints. */
import { relay } from 'corral/devtools';
import { capture } from './capture.ts';
import type { Report } from './protocol.ts';
import { createRun } from './run.ts';

/** Files that a classic worker may import by URL, by their name. */
export interface WorkerSetup {
  readonly file: string;
  readonly bus: string;
  readonly imports: Readonly<Record<string, string>>;
}

export function runWorker(setup: WorkerSetup): { run: ReturnType<typeof createRun> } {
  // Not by the worker's own port, which is the core's.
  const bus = new BroadcastChannel(setup.bus);
  const tell = (report: Report): void => bus.postMessage(report);
  capture(setup.file, new Map([[location.href, setup.file]]), tell);
  relay();
  const scope = globalThis as unknown as { importScripts(...urls: string[]): void };
  const load = scope.importScripts.bind(scope);
  scope.importScripts = (...urls) => load(...urls.map((url) => setup.imports[url.split('/').at(-1) ?? ''] ?? url));
  return { run: createRun(reportError) };
}
