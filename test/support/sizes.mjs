// Measures what an app pays, minified and gzipped, and prints the README's table: `npm run size`.
// `npm run size -- --write` puts the table into README.md, `npm run size -- --parts` prints what each file adds to the first two.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, defaultClientConditions } from 'vite';

const root = join(import.meta.dirname, '../..');
const readme = join(root, 'README.md');
// What is loaded with the first resource is no part of the page until then.
const resource = /client\/resource\.ts$/;
const packages = ['valibot', resource];
const core = "export { command, createCore, event, serve } from 'corral/core';";
const schema = "import * as v from 'valibot'; export const args = v.object({ name: v.string(), age: v.number() });";

/**
 * What is measured. `budget` is what it should cost, in bytes; `ceiling` is what it costs today and may not exceed. A
 * ceiling above its budget is a debt: ARCHITECTURE.md says how it came about. It comes down; it goes up only for mending what was broken, by what that costs.
 */
const entries = [
  { name: 'page: `connect`', code: "export { connect } from 'corral';", external: packages, budget: 4000, ceiling: 9450 },
  { name: 'core: `createCore`, `command`, `event`, `serve`', code: core, external: packages, budget: 6000, ceiling: 15000 },
  { name: 'what a page loads with its first resource, Comlink included', code: "export * from './src/client/resource.ts';" },
  { name: '`corral/devtools`, for development only', code: "export * from 'corral/devtools';" },
  { name: 'the same core with a Valibot schema', code: `${core}\n${schema}` },
];

/** The sizes in bytes and the files that are in it, measured on the sources with Vite's production build. */
export function measure() {
  return Promise.all(
    entries.map(async (entry) => {
      const { code, modules } = await bundle(entry);
      return { ...entry, bytes: gzipSync(code, { level: 9 }).length, files: Object.keys(modules).filter((id) => modules[id].renderedLength > 0) };
    }),
  );
}

/** Each file's share of the bytes, as its share of the text is before it is minified. */
async function parts(entry) {
  const { code, modules } = await bundle(entry);
  const texts = Object.entries(modules).map(([id, { renderedLength }]) => ({ file: relative(root, id), length: renderedLength }));
  const whole = texts.reduce((sum, { length }) => sum + length, 0);
  const bytes = gzipSync(code, { level: 9 }).length;
  return texts.sort((a, b) => b.length - a.length).map(({ file, length }) => `${String(Math.round((bytes * length) / whole)).padStart(6)} B  ${file}`);
}

async function bundle({ code, external = [] }) {
  // Inside the package, so that it can import itself by its name.
  const entry = join(root, 'entry.js');
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    root,
    resolve: { conditions: ['source', ...defaultClientConditions] },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id === 'entry' ? entry : undefined),
        // Vite's own way to import() is the app's, once, whatever else it imports so.
        load: (id) => (id === entry ? code : id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      rolldownOptions: { input: 'entry', external, preserveEntrySignatures: 'strict' },
      modulePreload: false,
    },
  });
  return output[0];
}

/** The README's table. */
export function table(sizes) {
  const rows = sizes.map(({ name, bytes, budget }) => `| ${name} | ${kilobytes(bytes)} | ${budget ? kilobytes(budget) : ''} |`);
  return ['| What you import | min + gzip | budget |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The lines of the README's table, or undefined where it has none. */
export const tableIn = (text) => /^\| What you import \|.*\n(?:\|.*\n?)*/m.exec(text)?.[0].trimEnd();

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const now = table(await measure());
  console.log(now);
  if (process.argv.includes('--parts')) for (const entry of entries.slice(0, 2)) console.log(`\n${entry.name}\n${(await parts(entry)).join('\n')}`);
  if (process.argv.includes('--write')) {
    const text = readFileSync(readme, 'utf8');
    const old = tableIn(text);
    if (!old) throw new Error('README.md has no table that starts with "| What you import |"');
    writeFileSync(readme, text.replace(old, () => now));
  }
}
