/** Every demo, built, opened and driven in Chromium. How each looks is the matter of site.test.mjs. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer, preview } from 'vite';
import { guestAtTheGate } from '../demos/capabilities.mjs';
import { watch } from '../demos/in-page.mjs';
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

describe('cities', () => {
  it('shows how far the core is, then that it is ready, and moves nothing meanwhile', () =>
    visit('/cities/', async (page) => {
      await ready(page, 'in a worker');
      const { states, shares, shift } = await page.evaluate(() => globalThis.seen);
      assert.ok(await said(page, 'Ranking and indexing them…'), states.join('\n'));
      assert.ok(shares.filter((share) => share > 0 && share < 1).length > 2, shares.join());
      assert.match(states.at(-1), /^135,233 cities of 246 countries/);
      assert.ok(shift < 0.01, `layout shift of ${shift}`);
    }));

  it('finds cities while somebody types, from the keyboard alone', () =>
    visit('/cities/', async (page) => {
      await ready(page);
      await search(page, 'sao paulo');
      await shows(page, '#found', /^3 cities found/);
      assert.match(await text(page, '[role=option]'), /^São PauloBrazil10M$/);
      assert.match(await text(page, '#sums-of'), /sao paulo/);

      await page.keyboard.press('ArrowDown');
      assert.equal(await page.$eval('#query', (field) => field.getAttribute('aria-activedescendant')), 'result-0');
      await page.keyboard.press('Enter');
      await shows(page, '#where', /^São Paulo, Brazil$/);
      await shows(page, '#near', /3\.5 kmParaíso, Brazil/);

      await page.keyboard.press('Escape');
      await shows(page, '#sums-of', /^of all cities$/);
      assert.equal(await page.$eval('#query', (field) => field.value), '');
    }));

  it('forgives typos', () =>
    visit('/cities/', async (page) => {
      await ready(page);
      await search(page, 'berlni');
      await shows(page, '#found', /spelled alike/);
      assert.match(await text(page, '[role=option]'), /^Berlin capitalGermany/);
    }));

  it('shows the cities that are nearest to a click on the map, and to a place chosen with the keys', () =>
    visit('/cities/', async (page) => {
      await ready(page);
      const { width, height } = await page.$eval('#map', (map) => map.getBoundingClientRect().toJSON());
      // The middle of the Equal Earth map lies in the Gulf of Guinea's north.
      await page.click('#map', { offset: { x: Math.round(width / 2), y: Math.round(height / 2) } });
      await shows(page, '#where', /^6\.\d° N, 0\.\d° [EW]$/);
      await shows(page, '#near', /^\d+ km.*(?:Ghana|Togo)/);

      await page.keyboard.press('ArrowUp');
      await shows(page, '#where', /^8\.\d° N/);
      await page.keyboard.press('Enter');
      await shows(page, '#near', /Ghana/);
    }));

  it('weathers a storm: superseded searches are given up, the others answered', () =>
    visit('/cities/', async (page) => {
      await ready(page);
      await page.click('#storm');
      await page.evaluate(() => {
        const field = document.getElementById('query');
        for (const letter of 'constantinopel') {
          field.value += letter;
          field.dispatchEvent(new Event('input'));
        }
      });
      // Thirteen letters came before the last could be answered.
      await shows(page, '#tally', /answered [1-9]\d* · superseded (?:1[3-9]|[2-9]\d|\d{3,})$/);
      await page.click('#storm');
      const query = await page.$eval('#query', (field) => field.value);
      await shows(page, '#sums-of', new RegExp(query));
    }));

  it('finds the loneliest cities, and stops when told to', () =>
    visit('/cities/', async (page) => {
      await ready(page);
      await page.$eval('#lonely', (button) => {
        button.click();
        button.click();
      });
      await shows(page, '#status', /^Stopped\.$/);
      await page.click('#lonely');
      await shows(page, '#loneliest', /^McMurdo Station, Antarctica3,475 km/);
      assert.ok(await said(page, 'Measuring from every city…'));
    }));

  it('runs the same core on the main thread, which the page fetches only then', () =>
    visit('/cities/', async (page) => {
      await ready(page);
      const scripts = async () => {
        const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
        return urls.filter((url) => url.endsWith('.js') && !url.includes('/worker-'));
      };
      const before = await scripts();
      for (const url of before) {
        const script = await (await fetch(url)).text();
        assert.ok(!/corral-cities|~standard/.test(script), `${url} holds a part of the core`);
      }
      assert.equal(page.workers().length, 1);

      await page.focus('[name=host]:checked');
      await page.keyboard.press('ArrowRight');
      await ready(page, 'on the main thread');
      assert.equal(page.workers().length, 0);
      assert.ok((await scripts()).length > before.length);
      await search(page, 'sao paulo');
      assert.match(await text(page, '[role=option]'), /^São PauloBrazil10M$/);

      await page.focus('[name=host]:checked');
      await page.keyboard.press('ArrowLeft');
      await ready(page, 'in a worker');
      assert.equal(page.workers().length, 1);
    }));

  it('goes on with another core when the worker is terminated', () =>
    visit('/cities/', async (page) => {
      await ready(page);
      await page.click('#terminate');
      await page.waitForFunction(() => globalThis.seen.states.some((state) => state.endsWith(' Starting another…')));
      await ready(page);
      await search(page, 'nice');
      assert.match(await text(page, '[role=option]'), /^NiceFrance/);
    }));

  for (const [wrong, answer] of [
    ['are missing', { status: 404, body: 'Not found' }],
    ['are something else', { status: 200, body: '<!doctype html><title>Not the cities</title>' }],
  ]) {
    it(`says so when the data ${wrong}, and tries again when asked to`, () =>
      breaking('.bin', answer, () =>
        visit('/cities/', async (page) => {
          await shows(page, '#status', /^The cities could not be loaded: /);
          broken.clear();
          await page.click('#again');
          await ready(page);
        }, { expected: /404/ })));
  }

  it('says so when the core itself is missing, and tries again when asked to', () =>
    breaking('/worker-', { status: 404, body: 'Not found' }, () =>
      visit('/cities/', async (page) => {
        await page.waitForSelector('#again:not([hidden])');
        assert.match(await text(page, '#status'), /script .*missing/);
        broken.clear();
        await page.click('#again');
        await ready(page);
      }, { expected: /404/ })));

  it('runs in the dev server as well', async () => {
    const dev = await createServer({ ...common, server: { port: 0, host: '127.0.0.1' } });
    try {
      await dev.listen();
      await visit(`http://localhost:${dev.httpServer.address().port}/cities/`, (page) => ready(page, 'in a worker'));
    } finally {
      await dev.close();
    }
  });
});

describe('capabilities', () => guestAtTheGate(visit, shows));

/** Opens a page, does what is asked for, and fails if the page or its console complained of anything unexpected. */
async function visit(path, act, { width = 1280, expected = /$^/ } = {}) {
  const context = await browser.createBrowserContext();
  const complaints = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`page error: ${error?.stack ?? error}`));
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    await page.setViewport({ width, height: 860, deviceScaleFactor: width < 500 ? 2 : 1 });
    await page.evaluateOnNewDocument(watch);
    await page.goto(new URL(path, origin).href);
    await act(page);
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
  } finally {
    await context.close();
  }
}

async function breaking(part, answer, act) {
  broken.set(part, answer);
  try {
    await act();
  } finally {
    broken.clear();
  }
}

const text = (page, selector) => page.$eval(selector, (element) => element.textContent);

/** Waits until the element's text is as expected. */
async function shows(page, selector, expected) {
  const is = ([wanted, source]) => new RegExp(source).test(document.querySelector(wanted)?.textContent ?? '');
  await page.waitForFunction(is, { polling: 20, timeout: 15_000 }, [selector, expected.source]).catch(async () => {
    assert.match(await text(page, selector), expected, `${selector} never came to this`);
  });
}

/** Whether the status line has said so at any time. */
const said = (page, text) => page.evaluate((sentence) => globalThis.seen.states.includes(sentence), text);

const ready = (page, where = '') => shows(page, '#status', new RegExp(`ready in .* ${where}`));

async function search(page, query) {
  await page.focus('#query');
  await page.type('#query', query);
  await shows(page, '#sums-of', new RegExp(`“${query}”`));
}
