/** The packed package, built by each bundler and run in Chromium. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';
import { gzipped, install, launch, passes, serve, strictPolicy, textOf } from './support.mjs';

/** What only a core has, by a text that survives minifying. */
const marks = { 'the handlers': 'Hello, ', Valibot: '~standard', 'the schemas': 'min_length' };

/** Each builds the app of a folder into its `dist`. `site` is what is served, `isCore` knows the core's files. */
const bundlers = {
  Vite: {
    app: 'vite',
    build: (root) => vite.build({ root, logLevel: 'warn' }),
    site: 'dist',
    isCore: (file) => file.includes('core'),
  },
  'webpack, ES modules': {
    app: 'webpack',
    build: (root) => buildWithWebpack(root, {}),
    isCore: (file) => file !== 'page.js',
  },
  'webpack, classic scripts': {
    app: 'webpack',
    build: (root) => buildWithWebpack(root, { classic: true }),
    isCore: (file) => file !== 'page.js',
  },
  Rollup: {
    app: 'rollup',
    build: buildWithRollup,
    isCore: (file) => file === 'core.js',
  },
  esbuild: {
    app: 'esbuild',
    build: (root) => importFrom(root, 'build.mjs'),
    isCore: (file) => file === 'core.js',
  },
};

describe('bundlers', () => {
  let app;
  let browser;
  before(async () => {
    [app, browser] = await Promise.all([install(), launch()]);
  });
  after(async () => {
    await browser?.close();
    await app?.remove();
  });

  for (const [name, { app: appName, build, isCore, site = '' }] of Object.entries(bundlers)) {
    describe(name, () => {
      let root;
      before(async () => {
        root = join(app.folder, appName);
        await build(root);
      });

      it('builds an app that runs, even under a strict Content-Security-Policy', async () => {
        const server = await serve(join(root, site), { headers: { 'content-security-policy': strictPolicy } });
        try {
          await passes(browser, `${server.origin}/`);
        } finally {
          await server.close();
        }
      });

      it('leaves the core out of the page', async (t) => {
        const page = await textOf(join(root, 'dist'), (file) => !isCore(file));
        const core = await textOf(join(root, 'dist'), isCore);
        t.diagnostic(`${name}, gzipped: page ${gzipped(page)}, core with its schemas ${gzipped(core)}`);
        for (const [what, mark] of Object.entries(marks)) {
          assert(core.includes(mark), `${what} should be in the core: looked for ${mark}`);
          assert(!page.includes(mark), `${what} should not be in the page: found ${mark}`);
        }
      });
    });
  }

  it('Vite serves the app while it is developed', async () => {
    const server = await vite.createServer({ root: join(app.folder, 'vite'), logLevel: 'warn', server: { port: 0 } });
    try {
      await server.listen();
      await passes(browser, `http://localhost:${server.httpServer.address().port}/`);
    } finally {
      await server.close();
    }
  });
});

async function buildWithWebpack(root, env) {
  const { default: config } = await importFrom(root, 'webpack.config.mjs');
  const compiler = webpack(config(env));
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  assert(!stats.hasErrors() && !stats.hasWarnings(), stats.toString({ all: false, errors: true, warnings: true }));
}

async function buildWithRollup(root) {
  const { default: bundles } = await importFrom(root, 'rollup.config.mjs');
  for (const { output, ...input } of bundles) {
    const bundle = await rollup({ ...input, onwarn: ({ message }) => assert.fail(message) });
    await bundle.write(output);
    await bundle.close();
  }
}

function importFrom(root, file) {
  return import(pathToFileURL(join(root, file)));
}
