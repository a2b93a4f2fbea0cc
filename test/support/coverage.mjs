// Coverage of src/ in pages and in workers, in every engine.
import { createInstrumenter } from 'istanbul-lib-instrument';
import { resolve } from 'node:path';

const instrumenter = createInstrumenter({
  esModules: true,
  produceSourceMap: false,
  compact: false,
  coverageVariable: '__cov_realm__',
  coverageGlobalScope: 'globalThis',
  coverageGlobalScopeFunc: false,
  parserPlugins: ['typescript', 'importMeta', 'topLevelAwait', 'explicitResourceManagement'],
});

/** Code put in front of each instrumented module: a realm that isn't the test page reports its counters. */
const reporter = `
if (typeof document === 'undefined' && !globalThis.__cov_timer__) {
  const id = crypto.randomUUID(), bc = new BroadcastChannel('__cov__');
  const send = () => bc.postMessage({ id, cov: globalThis.__cov_realm__ });
  globalThis.__cov_timer__ = setInterval(send, 20);
  addEventListener('message', () => setTimeout(send));
  addEventListener('connect', () => setTimeout(send));
}
`;
/** Script for the test page: sums its own counters and the newest ones of each worker realm. */
export const collector = `<script>
(() => {
  const realms = new Map();
  const bc = new BroadcastChannel('__cov__');
  bc.onmessage = (e) => realms.set(e.data.id, e.data.cov);
  const add = (a, b) => { for (const k in b) a[k] = Array.isArray(b[k]) ? b[k].map((n, i) => n + (a[k]?.[i] ?? 0)) : (a[k] ?? 0) + b[k]; };
  Object.defineProperty(window, '__coverage__', { get() {
    const out = structuredClone(window.__cov_realm__ ?? {});
    for (const cov of realms.values()) for (const [file, c] of Object.entries(cov ?? {})) {
      if (!out[file]) out[file] = structuredClone(c);
      else { add(out[file].s, c.s); add(out[file].f, c.f); add(out[file].b, c.b); }
    }
    return out;
  } });
})();
</script>`;

/** WTR plugin: instruments src/ TypeScript itself, so lines are the source's and no map is needed. */
export const istanbul = {
  name: 'istanbul-src',
  transform(ctx) {
    if (!ctx.path.startsWith('/src/') || !ctx.path.endsWith('.ts')) return;
    return { body: reporter.replaceAll('\n', ' ') + instrumenter.instrumentSync(String(ctx.body), resolve(ctx.path.slice(1))) };
  },
};
