/** `rollup -c`: two bundles, because Rollup does not look for workers: the page, and the core beside it. */
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { transform } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Leaves out the types, and checks nothing; @rollup/plugin-typescript does both. */
const typescript = {
  name: 'typescript',
  transform(code, id) {
    if (id.endsWith('.ts')) return transform(code, { loader: 'ts', target: 'es2022', sourcemap: true });
  },
};

const bundle = (input, file) => ({
  input: here(input),
  // A folder and not one file: what serves live objects is a chunk of its own, loaded with the first of them.
  output: { dir: here('./dist'), entryFileNames: file, format: 'es' },
  plugins: [nodeResolve({ browser: true }), typescript],
});

export default [bundle('./page.ts', 'page.js'), bundle('../notes/core.ts', 'core.js')];
