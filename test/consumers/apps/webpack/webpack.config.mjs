/**
 * `webpack`: sees `new Worker(new URL(...))` in the page and builds the core into files of its own.
 * ES modules by default; with `webpack --env classic` page and core become classic scripts, and work the same.
 */
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default ({ classic = false } = {}) => ({
  mode: 'production',
  target: ['web', 'es2022'],
  entry: { page: here('./page.ts') },
  output: {
    path: here('./dist'),
    filename: '[name].js',
    chunkFilename: '[name].js',
    module: !classic,
    clean: true,
  },
  experiments: { outputModule: !classic },
  module: {
    // Or ts-loader, swc-loader, or from Node 22.6 on webpack's own TypeScript support.
    rules: [{ test: /\.ts$/, use: here('./typescript-loader.mjs') }],
  },
});
