// What the test of the demos does with the cities.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shows, text } from './showing.mjs';

export async function search(page, query) {
  await page.focus('#query');
  await page.type('#query', query);
  await shows(page, '#sums-of', new RegExp(`“${query}”`));
}

export function citiesWhileYouType({ visit, visitInDevelopment, breaking }) {
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
      await workersAre(page, 1);

      await page.focus('[name=host]:checked');
      await page.keyboard.press('ArrowRight');
      await ready(page, 'on the main thread');
      await workersAre(page, 0);
      assert.ok((await scripts()).length > before.length);
      await search(page, 'sao paulo');
      assert.match(await text(page, '[role=option]'), /^São PauloBrazil10M$/);

      await page.focus('[name=host]:checked');
      await page.keyboard.press('ArrowLeft');
      await ready(page, 'in a worker');
      await workersAre(page, 1);
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
      breaking('.bin', answer, (mend) =>
        visit('/cities/', async (page) => {
          await shows(page, '#status', /^The cities could not be loaded: /);
          mend();
          await page.click('#again');
          await ready(page);
        }, { expected: /404/ })));
  }

  it('says so when the core itself is missing, and tries again when asked to', () =>
    breaking('/worker-', { status: 404, body: 'Not found' }, (mend) =>
      visit('/cities/', async (page) => {
        await page.waitForSelector('#again:not([hidden])');
        assert.match(await text(page, '#status'), /script .*missing/);
        mend();
        await page.click('#again');
        await ready(page);
      }, { expected: /404/ })));

  it('runs in the dev server as well', () => visitInDevelopment('/cities/', (page) => ready(page, 'in a worker')));
}

/** Until there are so many: Puppeteer is told of a worker's end on another way than of what the page shows. */
async function workersAre(page, count) {
  for (const end = Date.now() + 60_000; page.workers().length !== count && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(page.workers().length, count);
}

/** Whether the status line has said so at any time. */
const said = (page, sentence) => page.evaluate((wanted) => globalThis.seen.states.includes(wanted), sentence);

const ready = (page, where = '') => shows(page, '#status', new RegExp(`ready in .* ${where}`));
