/** `node build.mjs`: two bundles, because esbuild does not look for workers: the page, and the core beside it. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { page: here('./page.ts'), core: here('../notes/core.ts') },
  outdir: here('./dist'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
});
