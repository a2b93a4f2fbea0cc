/** Every demo, built, opened and driven in Chromium. Leaves pictures in screenshots/. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, createServer, preview } from 'vite';
import { drawnInTheCore, isDrawing } from '../demos/canvas.mjs';
import { guestAtTheGate } from '../demos/capabilities.mjs';
import { citiesWhileYouType, search } from '../demos/cities.mjs';
import { fileInLines, journalIsOpen } from '../demos/files.mjs';
import { flaws, watch } from '../demos/in-page.mjs';
import { shows } from '../demos/showing.mjs';
import { launch } from './support.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const screenshots = join(repository, 'screenshots');
const configFile = join(repository, 'vite.config.ts');
const common = { configFile, mode: 'demo', logLevel: 'warn' };

const entries = await readdir(join(repository, 'demo'), { withFileTypes: true });
const demos = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** What each page shows on its picture. */
const filled = {
  cities: (page) => search(page, 'ville'),
  capabilities: (page) => page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 10),
  files: journalIsOpen,
  canvas: isDrawing,
};

/** What the server answers instead of a file, by a part of the file's path: how a deployment goes wrong. */
const broken = new Map();
const breakage = {
  name: 'breakage',
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const answer = [...broken].find(([part]) => request.url.includes(part))?.[1];
      if (!answer) return next();
      response.writeHead(answer.status, { 'content-type': 'text/html' }).end(answer.body);
    });
  },
};

let outDir;
let server;
let origin;
let browser;

before(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'corral-demos-'));
  await mkdir(screenshots, { recursive: true });
  await build({ ...common, build: { outDir } });
  server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' }, plugins: [breakage] });
  origin = `http://localhost:${server.httpServer.address().port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

describe('the gallery', () => {
  it('links every demo', () =>
    visit('/', async (page) => {
      const links = await page.$$eval('main a', (all) => all.map((link) => new URL(link.href).pathname));
      assert.deepEqual(links.sort(), demos.map((name) => `/${name}/`).sort());
    }));
});

for (const name of ['', ...demos]) {
  describe(name === '' ? 'the gallery page' : `the page of ${name}`, () => {
    for (const width of [1280, 360]) {
      it(`is sound at a width of ${width}, in light and dark`, () =>
        visit(name === '' ? '/' : `/${name}/`, async (page) => {
          await filled[name]?.(page);
          assert.deepEqual(await page.evaluate(flaws), []);
          for (const scheme of ['light', 'dark']) {
            await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
            const path = join(screenshots, `${name || 'gallery'}-${width}-${scheme}.png`);
            await page.screenshot({ path, fullPage: true });
          }
        }, { width }));
    }
  });
}

describe('greet', () => {
  it('greets', () =>
    visit('/greet/', async (page) => {
      await page.type('#name', 'Ada');
      await page.keyboard.press('Enter');
      await shows(page, 'output', /^Hello, Ada!$/);
    }));
});

describe('cities', () => citiesWhileYouType({ visit, visitInDevelopment, breaking }));
describe('files', () => fileInLines(visit));
describe('canvas', () => drawnInTheCore(visit));
describe('capabilities', () => guestAtTheGate(visit, shows));

/** Opens a page, does what is asked for, and fails if the page or its console complained of anything unexpected. */
async function visit(path, act, { width = 1280, expected = /$^/, isPrivate = true, prepare = async () => {} } = {}) {
  const context = isPrivate ? await browser.createBrowserContext() : await launch();
  const complaints = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`page error: ${error?.stack ?? error}`));
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    await page.setViewport({ width, height: 860, deviceScaleFactor: width < 500 ? 2 : 1 });
    await page.evaluateOnNewDocument(watch);
    await prepare(page);
    await page.goto(new URL(path, origin).href);
    await act(page);
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
  } finally {
    await context.close();
  }
}

async function visitInDevelopment(path, act) {
  const dev = await createServer({ ...common, server: { port: 0, host: '127.0.0.1' } });
  try {
    await dev.listen();
    await visit(`http://localhost:${dev.httpServer.address().port}${path}`, act);
  } finally {
    await dev.close();
  }
}

async function breaking(part, answer, act) {
  broken.set(part, answer);
  try {
    await act(() => broken.clear());
  } finally {
    broken.clear();
  }
}
