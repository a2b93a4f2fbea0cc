/** What the consumer tests share: Corral installed from its tarball, a static server, and Chromium to run apps in. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { puppeteerCore } from '@web/test-runner-chrome';
import { chromiumArgs, installedChromium, packagedChromium } from '../support/browsers.mjs';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const apps = fileURLToPath(new URL('./apps', import.meta.url));

/** What an app may import: Corral's two dependencies, and the tools that its build file names. */
const installed = ['comlink', 'valibot', 'esbuild', '@rollup/plugin-node-resolve'];

/** What every app shows when all went well: the promise of the package, step by step. */
export const expected = {
  'proxy form': 'Hello, Ada!',
  'string form': 'Hello, Grace!',
  'refused call': 'INVALID_ARGUMENTS by the core',
  event: 'note 1: buy milk',
  abort: 'Error: changed my mind; backup running, then stopped',
  'lost core': 'CONNECTION_LOST',
  'next core': 'backup idle',
};

/**
 * Packs the built package, and unpacks it into the node_modules of a new folder that holds a copy of the apps.
 * Returns the folder, the unpacked package, and `remove`.
 */
export async function install() {
  const folder = await mkdtemp(join(tmpdir(), 'corral-consumers-'));
  const modules = join(folder, 'node_modules');
  const corral = join(modules, 'corral');
  await mkdir(corral, { recursive: true });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: repository });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  await run('tar', ['xzf', join(folder, tarball), '-C', corral, '--strip-components=1']);
  for (const name of installed) {
    await mkdir(join(modules, name, '..'), { recursive: true });
    await symlink(join(repository, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await cp(apps, folder, { recursive: true });
  return { folder, corral, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** No `unsafe-eval`, no `unsafe-inline`, no `blob:`. */
export const strictPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
};

/**
 * Serves a folder on a port of its own, hence an origin of its own; under `base`, if that is given, and nothing beside
 * it. `headers` go with every answer; `rewrite` changes what is sent, so that the apps can name an address that a test
 * only knows when it runs.
 */
export async function serve(folder, { base = '/', headers = {}, rewrite } = {}) {
  const server = createServer(async (request, response) => {
    const asked = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const path = asked.startsWith(base) ? asked.slice(base.length - 1) : '/nothing';
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) {
      response.writeHead(404, headers).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', ...headers });
    response.end(rewrite ? rewrite(await readFile(file, 'utf8')) : await readFile(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://localhost:${server.address().port}`, close };
}

export async function launch() {
  const executablePath = installedChromium();
  const browser = executablePath ? { executablePath } : await packagedChromium();
  assert(browser, 'No Chromium found: install Chrome or Chromium, or set CHROME_PATH');
  return puppeteerCore.launch({
    ...browser,
    headless: executablePath ? true : 'shell',
    args: chromiumArgs(!executablePath),
    // A machine that is busy with other things needs longer than Puppeteer waits.
    timeout: 120_000,
  });
}

/**
 * Opens an app and waits for what it shows. Fails if that is not what it should be, if the console has an error or a
 * warning, or if a worker outlives the app's `close()`.
 */
export async function passes(browser, url, inspect = async () => {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const complaints = [];
  const complained = new Promise((resolve) => {
    const complain = (text, url = '') => {
      // Chromium asks for an icon on its own account; no app has one.
      if (url.endsWith('/favicon.ico')) return;
      complaints.push(text);
      resolve();
    };
    page.on('console', (message) => {
      const { url } = message.location();
      if (['error', 'warn'].includes(message.type())) complain(`${message.type()}: ${message.text()} (${url})`, url);
    });
    page.on('pageerror', (error) => complain(`page error: ${error?.stack ?? error}`));
    page.on('requestfailed', (request) => {
      complain(`failed: ${request.url()} ${request.failure()?.errorText}`, request.url());
    });
  });
  try {
    await page.goto(url);
    await Promise.race([page.waitForSelector('dd', { timeout: 60_000 }), complained]);
    // What goes wrong in closing, and what explains a first complaint, comes a moment later; a worker's end is told when it has ended.
    await sleep(200);
    for (const end = Date.now() + 60_000; page.workers().length > 0 && complaints.length === 0 && Date.now() < end; ) await sleep(20);
    const shown = await page.$$eval('dt', (terms) =>
      Object.fromEntries(terms.map((term) => [term.textContent, term.nextElementSibling.textContent])),
    );
    const workers = page.workers().length;
    assert.deepEqual({ shown, complaints, workers }, { shown: expected, complaints: [], workers: 0 });
    await inspect(page);
  } finally {
    await context.close();
  }
}

/** A bundle's files as one text. */
export async function textOf(folder, isPart) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js') && isPart(name));
  assert.notEqual(names.length, 0, `${folder} has no such file: ${(await readdir(folder)).join(', ')}`);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

/** A text's size as a browser downloads it. */
export const gzipped = (text) => `${(gzipSync(text, { level: 9 }).length / 1000).toFixed(2)} kB`;
