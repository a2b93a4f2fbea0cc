/** Every demo, built, opened and driven in Chromium. How each looks is the matter of site.test.mjs. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer, preview } from 'vite';
import { drawnInTheCore } from '../demos/canvas.mjs';
import { guestAtTheGate } from '../demos/capabilities.mjs';
import { citiesWhileYouType } from '../demos/cities.mjs';
import { fileInLines } from '../demos/files.mjs';
import { watch } from '../demos/in-page.mjs';
import { shows } from '../demos/showing.mjs';
import { builtSite } from './site.mjs';
import { launch } from './support.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const configFile = join(repository, 'vite.config.ts');
const common = { configFile, mode: 'demo', logLevel: 'warn' };

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

let server;
let origin;
let browser;

before(async () => {
  const outDir = await builtSite();
  server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' }, plugins: [breakage] });
  origin = `http://localhost:${server.httpServer.address().port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

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
