/** Vite plugin: what the playground needs as text. The runtime of its preview, the script-tag builds, Corral as a package, and declarations. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type BuildOptions, type Plugin as Bundling } from 'esbuild';
import type { Plugin } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');
const require = createRequire(import.meta.url);

/** One text for each virtual module, made when it is first asked for; `watch` names what it was made of. */
interface Made {
  readonly code: string;
  readonly watch: readonly string[];
}

const makers: Record<string, () => Promise<Made>> = {
  'virtual:playground/runtime': runtime,
  'virtual:playground/globals': globals,
  'virtual:playground/package': corralPackage,
  'virtual:playground/types': declarations,
};

export function playground(): Plugin {
  return {
    name: 'playground',
    // TypeScript is one CommonJS file for a worker: found late, it would make the dev server reload the page.
    config: () => ({ optimizeDeps: { include: ['typescript-js', 'sucrase', 'fflate', 'valibot', 'comlink'] } }),
    configureServer: ({ middlewares }) => void middlewares.use('/playground', withoutEmbedderPolicy),
    configurePreviewServer: ({ middlewares }) => void middlewares.use('/playground', withoutEmbedderPolicy),
    resolveId: (id) => (id in makers ? `\0${id}` : undefined),
    async load(id) {
      const make = makers[id.slice(1)];
      if (!id.startsWith('\0') || !make) return undefined;
      const { code, watch } = await make();
      for (const file of watch) this.addWatchFile(file);
      return code;
    },
  };
}

/** With that policy on the page, WebKit starts no worker from a blob in a frame without an origin, and the preview is one. */
function withoutEmbedderPolicy(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const { setHeader } = response;
  response.setHeader = (name, value) => (name === 'Cross-Origin-Embedder-Policy' ? response : setHeader.call(response, name, value));
  next();
}

/** What runs in the preview beside the visitor's code, as one classic script: frames and workers load the same. */
async function runtime(): Promise<Made> {
  const { texts, watch } = await bundle({ entryPoints: [join(import.meta.dirname, 'runtime/main.ts')], format: 'iife', plugins: [relayOnly] });
  return { code: `export default ${JSON.stringify(texts['main.js'])};`, watch };
}

/** The inspector itself is outside the preview. */
const relayOnly: Bundling = {
  name: 'relay-only',
  setup: ({ onResolve }) => onResolve({ filter: /\/inspector\.ts$/ }, ({ path, resolveDir }) => ({ path: resolve(resolveDir, path), sideEffects: false })),
};

/** The files that a page without a build gets, made as `npm run build` makes them. */
async function globals(): Promise<Made> {
  const files = { 'corral.global.js': 'client.ts', 'corral-core.global.js': 'core-global.ts' };
  const watch = new Set<string>();
  const made: Record<string, string> = {};
  for (const [name, entry] of Object.entries(files)) {
    const { texts, watch: more } = await bundle({ entryPoints: [join(src, entry)], format: 'iife', globalName: 'Corral' });
    made[name] = Object.values(texts).join('\n');
    for (const file of more) watch.add(file);
  }
  return { code: `export default ${JSON.stringify(made)};`, watch: [...watch] };
}

/** Corral as an npm package in a folder, for a project that is downloaded: it is in no registry yet. */
async function corralPackage(): Promise<Made> {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    license: string;
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const { texts, watch } = await bundle({
    entryPoints: [join(src, 'client.ts'), join(src, 'core.ts')],
    format: 'esm',
    splitting: true,
    minify: false,
    external: ['comlink', 'valibot'],
  });
  const door = (name: string): object => ({ types: `./types/${name}.d.ts`, default: `./${name}.js` });
  const { version, license, dependencies } = own;
  const manifest = { name: 'corral', version, license, type: 'module', sideEffects: false, exports: { '.': door('client'), './core': door('core') }, dependencies };
  const types = Object.entries(await corralDeclarations()).map(([name, text]) => [`types/${name}`, text]);
  const files = { 'package.json': `${JSON.stringify(manifest, null, 2)}\n`, LICENSE: readFileSync(join(root, 'LICENSE'), 'utf8'), ...texts, ...Object.fromEntries(types) };
  const { vite, typescript } = own.devDependencies;
  return { code: `export const files = ${JSON.stringify(files)};\nexport const versions = ${JSON.stringify({ vite, typescript, valibot: dependencies['valibot'] })};`, watch };
}

async function bundle(options: BuildOptions): Promise<{ texts: Record<string, string>; watch: string[] }> {
  const { outputFiles = [], metafile } = await build({
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    charset: 'ascii',
    target: 'es2022',
    conditions: ['source'],
    outdir: 'out',
    logLevel: 'silent',
    ...options,
  });
  const texts = Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
  const inputs = Object.keys(metafile?.inputs ?? {}).map((path) => resolve(root, path));
  return { texts, watch: inputs.filter((path) => !path.includes('node_modules')) };
}

/** What TypeScript reads to know Corral, Valibot and the platform, by path. Comments stay where they explain Corral. */
async function declarations(): Promise<Made> {
  const libraries = dirname(require.resolve('typescript-js'));
  const texts: Record<string, string> = {};
  const pending = ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts', 'lib.esnext.disposable.d.ts'];
  for (const name of pending) {
    if (texts[`/lib/${name}`] !== undefined) continue;
    const text = withoutComments(readFileSync(join(libraries, name), 'utf8'));
    texts[`/lib/${name}`] = text;
    pending.push(...[...text.matchAll(/<reference lib="([\w.]+)"/g)].map(([, lib]) => `lib.${lib}.d.ts`));
  }
  const doors = { '.': { types: './types/client.d.ts' }, './core': { types: './types/core.d.ts' } };
  texts['/node_modules/corral/package.json'] = JSON.stringify({ name: 'corral', type: 'module', exports: doors });
  for (const [name, text] of Object.entries(await corralDeclarations())) texts[`/node_modules/corral/types/${name}`] = text;
  texts['/node_modules/valibot/package.json'] = JSON.stringify({ name: 'valibot', type: 'module', types: './index.d.ts' });
  const valibot = join(dirname(require.resolve('valibot')), 'index.d.mts');
  texts['/node_modules/valibot/index.d.ts'] = withoutComments(readFileSync(valibot, 'utf8'));
  return { code: `export default ${JSON.stringify(texts)};`, watch: filesIn(src) };
}

/** `.d.ts` files of src/ by path, as `npm run build` makes them. */
async function corralDeclarations(): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'corral-types-'));
  try {
    const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json'), '--outDir', folder];
    // A type error is for `npm run check` to tell; declarations are written all the same.
    await promisify(execFile)(process.execPath, tsc).catch(() => {});
    return Object.fromEntries(
      filesIn(folder).map((file) => {
        const text = readFileSync(file, 'utf8').replace(/(from |import\()(['"]\.[^'"]*)\.ts(['"])/g, '$1$2.js$3');
        return [relative(folder, file).replaceAll('\\', '/'), text];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesIn(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile() && one.name.endsWith('.ts')).map((one) => join(one.parentPath, one.name));
}

/** References to other libraries are line comments, and stay. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^[ \t]*\/\/(?!\/).*$/gm, '').replace(/\n\s*\n+/g, '\n').replace(/^[ ]{4,}/gm, ' ');
}
