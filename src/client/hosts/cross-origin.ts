/** Starts a core whose script is on another origin, e.g. a CDN. */

export interface CrossOriginOptions {
  /** `module` needs CORS headers on the script and all it imports; `classic` needs none. Default: `classic`. */
  readonly type?: 'classic' | 'module';
  readonly name?: string;
}

/**
 * Returns a Worker that runs the script at `url`, which may be on another origin: the platform refuses such a URL in
 * `new Worker`, so a one-line script of this origin loads it. The page's CSP has to allow `worker-src blob:`; where it
 * does not, serve the script from your own origin. Pin the URL to an exact version: a worker's script has no SRI.
 */
export function crossOriginWorker(url: string | URL, { type = 'classic', name }: CrossOriginOptions = {}): Worker {
  const href = JSON.stringify(new URL(url, location.href).href);
  const script = type === 'module' ? `import ${href};` : `importScripts(${href});`;
  const blob = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(blob, name === undefined ? { type } : { type, name });
  // Engines load the script after the constructor returns, so the URL has to outlive this turn.
  setTimeout(() => URL.revokeObjectURL(blob), 60_000);
  return worker;
}
