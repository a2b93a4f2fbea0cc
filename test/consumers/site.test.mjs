/** The built site as a plain static host serves it: under a path, without special headers. Leaves pictures in screenshots/. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { flaws, watch } from '../demos/in-page.mjs';
import { shows } from '../demos/showing.mjs';
import { builtSite, sitePages } from './site.mjs';
import { launch, serve } from './support.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const screenshots = join(repository, 'screenshots');
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const base = '/some/where/';

/** What a page shows once it has begun; the others are complete when they have loaded. */
const begun = {
  '': () => document.querySelectorAll('.said li').length === 2,
  cities: () => /ready in/.test(document.getElementById('status').textContent),
  files: () => /The core is up/.test(document.getElementById('status').textContent),
  canvas: () => Number(document.getElementById('core-rate').textContent) > 0,
  capabilities: () => document.querySelectorAll('tbody tr').length === 10,
};

const pages = await sitePages();
let site;
let browser;

before(async () => {
  await mkdir(screenshots, { recursive: true });
  [site, browser] = [await serve(await builtSite(), { base }), await launch()];
});
after(async () => {
  await browser?.close();
  await site?.close();
});

for (const name of pages) {
  describe(name === '' ? 'the landing page' : `the page of ${name}`, () => {
    for (const width of [1280, 360]) {
      it(`is sound at a width of ${width}: it reads well, moves nothing, and asks no other host`, () =>
        visit(name, { width }, async (page) => {
          if (begun[name]) await page.waitForFunction(begun[name], { polling: 50, timeout: 60_000 });
          assert.deepEqual(await page.evaluate(flaws), []);
          await page.evaluate(axe);
          for (const scheme of ['light', 'dark']) {
            await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
            // Colours change by transitions, and what is half way is nobody's choice.
            await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
            assert.deepEqual(await violations(page, scheme === 'light' ? undefined : ['color-contrast']), []);
            await page.screenshot({ path: join(screenshots, `${name || 'landing'}-${width}-${scheme}.png`), fullPage: true });
          }
          const { shift } = await page.evaluate(() => globalThis.seen);
          assert.ok(shift < 0.01, `layout shift of ${shift}`);
        }));
    }
  });
}

describe('the site', () => {
  it('has no link that leads nowhere', async () => {
    const texts = new Map();
    const textOf = async (url) => {
      if (!texts.has(url)) texts.set(url, fetch(url).then((answer) => (answer.ok ? answer.text() : undefined)));
      return texts.get(url);
    };
    const dead = [];
    for (const name of pages) {
      const here = addressOf(name);
      const html = await textOf(here);
      for (const [, href] of html.matchAll(/<(?:a|link)\b[^>]*? href="([^"]+)"/g)) {
        const { origin, pathname, hash } = new URL(href, here);
        if (origin !== site.origin) continue;
        const text = await textOf(origin + pathname);
        const id = decodeURIComponent(hash.slice(1));
        if (text === undefined || (id && !text.includes(` id="${id}"`))) dead.push(`${name || 'landing'}: ${href}`);
      }
    }
    assert.deepEqual(dead, []);
  });

  it('leads from the landing page to every other', () =>
    visit('', {}, async (page) => {
      const links = await page.$$eval('main a', (all) => all.map((link) => new URL(link.href).pathname));
      const missing = pages.filter((name) => name !== '' && !links.includes(`${base}${name}/`));
      assert.deepEqual(missing, []);
    }));

  it('keeps the theme that somebody chose, on every page', () =>
    visit('', {}, async (page) => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
      const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await background();
      await page.click('.site-theme');
      assert.notEqual(await background(), light);
      await page.goto(addressOf('greet'));
      assert.notEqual(await background(), light);
      assert.equal(await page.$eval('.site-theme', (button) => button.getAttribute('aria-pressed')), 'true');
      await page.click('.site-theme');
      assert.equal(await background(), light);
      // What the system wants is no choice, and is not kept.
      assert.equal(await page.evaluate(() => localStorage.length), 0);
    }));

  it('lets the keyboard skip the header', () =>
    visit('api', {}, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => location.hash === '#main');
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
    }));

  it('runs from the development server as well', async () => {
    const server = await createServer({ configFile: join(repository, 'vite.config.ts'), logLevel: 'error', server: { port: 0, host: '127.0.0.1' } });
    try {
      await server.listen();
      const { port } = server.httpServer.address();
      await visit(`http://localhost:${port}/`, {}, (page) => said(page, 'while it starts', /^'Hello, Ada!'$/));
      await visit(`http://localhost:${port}/script-tag/app.html`, {}, greets);
    } finally {
      await server.close();
    }
  });
});

describe('the proof on the landing page', () => {
  it('greets, is refused, and outlives its core', () =>
    visit('', {}, async (page) => {
      await said(page, 'while it starts', /^'Hello, Ada!'$/);
      await said(page, 'name: 42', /^INVALID_ARGUMENTS: /);
      await page.click('[data-do=unknown]');
      await said(page, 'secrets.read', /^COMMAND_NOT_FOUND: /);
      await page.click('[data-do=terminate]');
      await said(page, 'worker.terminate()', /^CONNECTION_LOST: /);
      await said(page, 'next core', /^'Hello, Ada!'$/);
    }));
});

describe('the race', () => {
  it('runs to a figure for everyone who can do the work, and says who cannot', () =>
    visit('race', {}, async (page) => {
      await page.select('#rounds', '3');
      await page.click('#go');
      await shows(page, '#status', /^Done: 7 kinds of work, 3 rounds each\.$/, { timeout: 300_000 });
      const cells = await page.$$eval('[data-contender]', (lines) =>
        lines.map((line) => [line.closest('section').dataset.row, line.dataset.contender, ...[...line.cells].slice(1).map((cell) => cell.textContent)]),
      );
      assert.equal(cells.length, 28);
      for (const [row, contender, note, time, ratio] of cells) {
        const unable = { events: ['Comlink', 'Penpal'], stream: ['Penpal'] }[row]?.includes(contender) ?? false;
        assert.match(time, unable ? /^–$/ : /^[\d.]+ [mµ]s$/, `${row} of ${contender}`);
        assert.match(ratio, contender === 'raw' ? /^1\.00$/ : unable ? /^–$/ : /^\d+\.\d\d$/, `${row} of ${contender}`);
        assert.equal(note !== '', unable, `${row} of ${contender}`);
      }
      assert.match(await page.$eval('.facts', (facts) => facts.textContent), /Chromium \d+\s+Cores\d+\s+.* ms.*\s+.*never hidden/);
    }));

  it('stops when it is told to', () =>
    visit('race', {}, async (page) => {
      await page.click('#go');
      await shows(page, '#status', /^Round/);
      await page.click('#go');
      await shows(page, '#status', /^Stopped\./);
    }));
});

describe('the reference', () => {
  it('has every export of every door, with its signature and its promise', () =>
    visit('api', {}, async (page) => {
      const { exports } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
      const doors = Object.entries(exports).filter(([, target]) => target.source);
      for (const [path, { source }] of doors) {
        const text = await readFile(join(repository, source), 'utf8');
        const names = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list]) => list.split(',').map((name) => name.trim().split(' ').at(-1)));
        assert.ok(names.length > 2, `${source} exports almost nothing: has its form changed?`);
        const ids = names.map((name) => `corral${path.slice(1)}.${name}`);
        const missing = await page.evaluate((all) => all.filter((id) => !document.getElementById(id)), ids);
        assert.deepEqual(missing, []);
      }
      const mute = await page.$$eval('.door:not(#behind) .entry', (all) => all.filter((entry) => !entry.querySelector(':scope > pre') || !entry.querySelector(':scope > p:not(.file)')).map(({ id }) => id));
      assert.deepEqual(mute, []);
    }));

  it('is filtered by name, and shows what is linked to all the same', () =>
    visit('api', {}, async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('crossorigin');
      await shows(page, '#found', /^2 of \d+$/);
      const shown = await page.$$eval('.entry:not([hidden])', (all) => all.map(({ dataset }) => dataset.name));
      assert.deepEqual(shown, ['crossOriginWorker', 'CrossOriginOptions']);
      await page.evaluate(() => (location.hash = '#corral/core.createCore'));
      await page.waitForFunction(() => document.getElementById('corral/core.createCore').checkVisibility());
    }));
});

describe('the page without a build', () => {
  it('greets, in its frame and by itself', async () => {
    await visit('script-tag', {}, async (page) => greets(await (await page.waitForSelector('iframe')).contentFrame()));
    await visit(`${addressOf('script-tag')}app.html`, {}, greets);
  });

  it('names the integrity of what it loads, in the file and in the table', async () => {
    const here = addressOf('script-tag');
    const [app, page] = await Promise.all(['app.html', ''].map(async (path) => (await fetch(here + path)).text()));
    const loads = [...app.matchAll(/(corral-[\d.]+\/[\w.-]+\.js).{1,5}integrity.{2,3}(sha384-[\w+/=]+)/g)];
    assert.equal(loads.length, 2);
    const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
    for (const [, path, integrity] of loads) {
      const script = Buffer.from(await (await fetch(here + path)).arrayBuffer());
      assert.equal(integrity, `sha384-${createHash('sha384').update(script).digest('base64')}`);
      assert.ok(page.includes(`<td><code>${integrity}</code></td>`));
      assert.ok(path.startsWith(`corral-${version}/`));
    }
  });

  it('runs nothing of a library that was tampered with', async () => {
    const rewrite = (text) => text.replace('*/\nvar Corral=', '*/\nvar stolen=1;var Corral=');
    const tampered = await serve(await builtSite(), { rewrite });
    try {
      await visit(`${tampered.origin}/script-tag/app.html`, { expected: /integrity|Corral is not defined/ }, async (page) => {
        assert.equal(await page.evaluate(() => typeof Corral), 'undefined');
      });
    } finally {
      await tampered.close();
    }
  });
});

const addressOf = (name) => `${site.origin}${base}${name && `${name}/`}`;

/** Opens a page by its name or address, does what is asked for, and fails on any complaint or request to elsewhere. */
async function visit(name, { width = 1280, expected = /$^/ }, act) {
  const address = name.includes('://') ? name : addressOf(name);
  const context = await browser.createBrowserContext();
  const complaints = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`page error: ${error?.stack ?? error}`));
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (!['data:', 'blob:', 'about:'].includes(protocol) && origin !== new URL(address).origin) complaints.push(`asked ${request.url()}`);
    });
    await page.setViewport({ width, height: 860, deviceScaleFactor: width < 500 ? 2 : 1 });
    await page.evaluateOnNewDocument(watch);
    await page.goto(address);
    await act(page);
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
  } finally {
    await context.close();
  }
}

/** What axe-core finds that is serious or critical, by rule and place. */
async function violations(page, rules) {
  const { violations: found } = await page.evaluate(
    // Frames are not asked: a sandboxed one cannot answer.
    (only) => globalThis.axe.run({ iframes: false, resultTypes: ['violations'], ...(only && { runOnly: only }) }),
    rules,
  );
  const grave = found.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  return grave.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}

/** What came of a call on the landing page. */
async function said(page, call, expected) {
  const is = ([wanted, source]) =>
    [...document.querySelectorAll('.said li')].some((item) => item.querySelector('code').textContent.includes(wanted) && new RegExp(source).test(item.querySelector('p').textContent));
  await page.waitForFunction(is, { polling: 20, timeout: 60_000 }, [call, expected.source]).catch(async () => {
    assert.match(await page.$eval('.said', (list) => list.innerText), expected, `${call} never came to this`);
  });
}

async function greets(page) {
  await page.waitForSelector('form');
  await page.click('button');
  await shows(page, 'output', /^Hello, Ada!$/);
}
