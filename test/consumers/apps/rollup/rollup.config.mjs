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
  output: { file: here(file), format: 'es' },
  plugins: [nodeResolve({ browser: true }), typescript],
});

export default [bundle('./page.ts', './dist/page.js'), bundle('../notes/core.ts', './dist/core.js')];
