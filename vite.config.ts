import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultClientConditions } from 'vite';
import type { BuildOptions, UserConfig, UserConfigFnObject } from 'vite';
import { citiesData } from './demo/cities/data-plugin.ts';
import { playground } from './demo/playground/playground-plugin.ts';
import { site } from './demo/site/site-plugin.ts';

const root = import.meta.dirname;
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };

/** The script-tag builds, by mode: one file with everything inside, and its global. Only devtools takes the global `Corral` that is there. */
const globals: Record<string, { entry: string; file: string; name: string }> = {
  global: { entry: 'src/client.ts', file: 'corral.global.js', name: 'Corral' },
  'core-global': { entry: 'src/core-global.ts', file: 'corral-core.global.js', name: 'Corral' },
  'devtools-global': { entry: 'src/devtools.ts', file: 'corral-devtools.global.js', name: 'CorralDevtools' },
};

/** `import ... from 'corral'` in src, demos and tests means the sources. */
const fromSource: UserConfig = { resolve: { conditions: ['source', ...defaultClientConditions] } };

/** no-store: WebKit refuses a worker script that comes back as 304 without the COEP header. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
  // A sandboxed frame is a stranger to every origin, also to the one that serves it.
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/**
 * `vite` and `vite build --mode demo`: the demos. `vite build`: the ES modules, one file for each in src.
 * `vite build --mode global`, `--mode core-global` and `--mode devtools-global`: the script-tag builds.
 */
const config: UserConfigFnObject = ({ command, mode }) => {
  if (command === 'serve' || mode === 'demo') return { ...fromSource, ...demos() };
  const standalone = globals[mode];
  return { ...fromSource, publicDir: false, build: standalone ? scriptTag(standalone) : modules() };
};

export default config;

function demos(): UserConfig {
  return {
    root: resolve(root, 'demo'),
    base: './',
    plugins: [site(), citiesData(), playground()],
    worker: { format: 'es' },
    build: {
      target: 'es2022',
      outDir: resolve(root, 'dist-site'),
      emptyOutDir: true,
    },
    server: { headers, fs: { allow: [root] } },
    preview: { headers },
  };
}

function modules(): BuildOptions {
  return {
    target: 'es2022',
    outDir: 'dist',
    sourcemap: true,
    minify: false,
    lib: {
      entry: { client: 'src/client.ts', core: 'src/core.ts', testing: 'src/testing.ts', devtools: 'src/devtools.ts' },
      formats: ['es'],
      fileName: (_format, name) => `${name}.js`,
    },
    rolldownOptions: {
      external: ['comlink', 'valibot'],
      output: { preserveModules: true, preserveModulesRoot: 'src' },
    },
  };
}

/** ASCII only: a script tag without a charset, or a worker served as Latin-1, must still read it right. */
function scriptTag({ entry, file, name }: { entry: string; file: string; name: string }): BuildOptions {
  const door = resolve(root, 'src/client.ts');
  return {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: false,
    sourcemap: true,
    minify: true,
    lib: { entry, name, formats: ['iife'], fileName: () => file },
    rolldownOptions: {
      // A second copy would tap nothing: what it hears of is the copy that the app connects with.
      external: (id, from) => from !== undefined && resolve(root, from, '..', id) === door,
      output: {
        globals: { [door]: 'Corral' },
        charset: 'ascii',
        postBanner: `/*! Corral ${version} | MIT License | Corral contributors */`,
      },
    },
  };
}
