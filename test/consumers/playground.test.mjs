/** The playground, built, opened and driven in Chromium: its examples, mistakes, links and projects. The examples run in Firefox too, where there is one. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { puppeteerCore } from '@web/test-runner-chrome';
import { createServer, preview } from 'vite';
import { flaws } from '../demos/in-page.mjs';
import { atPlayground, examples, loops, mistakes } from '../demos/playground.mjs';
import { projects } from '../demos/playground-projects.mjs';
import { typed } from '../demos/playground-typed.mjs';
import { installedFirefox } from '../support/browsers.mjs';
import { builtSite } from './site.mjs';
import { launch, serve } from './support.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const screenshots = join(repository, 'screenshots');
const common = { configFile: join(repository, 'vite.config.ts'), mode: 'demo', logLevel: 'warn' };
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const { BROWSERS } = process.env;
const firefoxPath = !BROWSERS || BROWSERS.split(',').includes('firefox') ? installedFirefox() : undefined;

let folder;
let server;
let browser;
let url;
const visit = (hash, act, options) => atPlayground(browser, `${url}#${hash}`, act, options);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-playground-'));
  await mkdir(screenshots, { recursive: true });
  const outDir = await builtSite();
  server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  url = `http://localhost:${server.httpServer.address().port}/playground/`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Whether each is among the lines, behind the one before it. */
function inOrder(lines, wanted) {
  let last = -1;
  return wanted.every((one) => {
    last = lines.findIndex((line, index) => index > last && (one instanceof RegExp ? one.test(line) : one === line));
    return last >= 0;
  });
}

function printsInOrder({ lines, until }, printed) {
  return until(`${printed.join('\n')}\nin this order`, async () => inOrder(await lines(), printed));
}

describe('the examples', () => {
  it('are all in the gallery, with a sentence each', () =>
    visit('', async (bench, page) => {
      const shown = await page.$$eval('#gallery a', (all) => all.map((link) => [link.hash.slice(1), link.lastElementChild.textContent]));
      assert.deepEqual(shown.map(([name]) => name), Object.keys(examples));
      for (const [name, sentence] of shown) assert.match(sentence, /\.$/, name);
    }));

  for (const [name, printed] of Object.entries(examples)) {
    it(`${name} does what it says`, () => visit(name, (bench) => printsInOrder(bench, printed)));
  }

  if (firefoxPath) {
    it('do so in Firefox too, one after the other', async () => {
      const firefox = await puppeteerCore.launch({ browser: 'firefox', executablePath: firefoxPath, timeout: 120_000 });
      try {
        const all = async (bench, page) => {
          for (const [name, printed] of Object.entries(examples)) {
            await page.evaluate((hash) => void (location.hash = hash), name);
            await printsInOrder(bench, printed);
          }
        };
        // It has no entries of that type to observe, and says so.
        await atPlayground(firefox, url, all, { expected: /layout-shift/ });
      } finally {
        await firefox.close();
      }
    });
  }

  it('crash comes back after a crash, and after a hang', () =>
    visit('crash', async ({ prints, frame }) => {
      await prints(/^page \| up since /);
      const preview = await frame();
      await preview.click('#crash');
      await prints(/^page \| CONNECTION_LOST: /);
      await prints(/^page \| lost \(closed\), another one: true$/);
      await prints(/^page \| restarted, up since /);
      await preview.click('#hang');
      await prints(/^page \| silent for \d+ s: I give it up$/);
      await preview.click('#crash');
      await prints(/^page \| lost \(ended\), another one: false$/);
    }));

  it('are chosen from the gallery', () =>
    visit('greet', async ({ prints, text }, page) => {
      await page.click('#choose');
      await page.click('#gallery a[href="#abort"]');
      await prints(/^page \| 10 m deep$/);
      assert.equal(await text('#title'), 'Abort and timeout');
      assert.match(await text('#about'), /^A signal or a timeout ends a call/);
    }));
});

describe('a mistake', () => {
  for (const [name, { page, core, says, notRun }] of Object.entries(mistakes)) {
    it(`is shown with its place: ${name}`, () =>
      visit('greet', async ({ write, run, prints, marks, until, text }) => {
        await prints(/^page \| Hello, Ada!$/);
        if (core) await write('core', core);
        if (page) await write('page', page);
        await run();
        await prints(says);
        await until('A mark beside the line', async () => (await marks(core ? 'core' : 'page')) > 0);
        if (notRun) assert.match(await text('#notice'), notRun);
      }, { expected: /./ }));
  }

  it('is gone to from its line in the console', () =>
    visit('greet', async ({ write, run, prints, until }, page) => {
      await write('page', 'const a = 1;\n\nthrow new Error(`${a}`);');
      await run();
      await prints(/ \| page\.ts:3:7$/);
      await page.click('#console .place');
      await until('The cursor in line 3', () => page.$eval('#page-editor', (editor) => editor.querySelector('.cm-activeLine')?.textContent.startsWith('throw')));
    }, { expected: /./ }));
});

describe('a core that never comes back', () => {
  for (const [where, core] of Object.entries(loops)) {
    it(`is stopped: a loop ${where}`, () =>
      visit('greet', async ({ write, run, prints, until, text }, page) => {
        await prints(/^page \| Hello, Ada!$/);
        await write('core', core);
        await run();
        await prints(/^core \| begins$/);
        await page.click('#stop');
        assert.match(await text('#notice'), /^Stopped/);
        await until('The end of the worker', () => page.workers().filter((worker) => worker.url().startsWith('blob:')).length === 0);
        await page.click('#reset');
        await prints(/^page \| Hello, Ada!$/);
      }));
  }
});

describe('the preview', () => {
  it('has no origin: nothing of the site is in its reach', () =>
    visit('greet', async ({ write, run, prints }) => {
      await write('page', `const reach = (what: () => unknown): string => { try { what(); return 'reached'; } catch (error) { return (error as Error).name; } };
console.log(origin, reach(() => parent.document), reach(() => localStorage), reach(() => document.cookie), reach(() => top!.location.href));`);
      await run();
      await prints(/^page \| null SecurityError SecurityError SecurityError SecurityError$/);
    }));

  it('is a new one, with a new worker, for each run', () =>
    visit('greet', async ({ run, prints, until }, page) => {
      await prints(/^page \| Hello, Ada!$/);
      await page.evaluate(() => (globalThis.before = document.querySelector('iframe')));
      await run();
      await prints(/^page \| Hello, Ada!$/);
      assert.ok(await page.evaluate(() => !globalThis.before.isConnected && document.querySelectorAll('iframe').length === 1));
      await until('One worker', () => page.workers().length === 1);
    }));
});

describe('the inspector', () => {
  it('shows what crossed, as the page, its guest and the core saw it', () =>
    visit('guest', async ({ prints, until }, page) => {
      await prints(/^guest \| That is all I could get\.$/);
      await page.click('#tab-messages');
      await page.waitForSelector('corral-inspector');
      const seen = () => page.$eval('corral-inspector', (inspector) => inspector.toJSON().map(({ client, name, outcome }) => `${client} ${name} ${outcome}`));
      for (const line of ['guest: main burn refused', 'core: guest burn refused', 'guest: main read done', 'core: main read done', 'page: main read done']) {
        await until(`“${line}” in the inspector`, async () => (await seen()).includes(line));
      }
      const counts = () => page.$eval('corral-inspector', (inspector) => inspector.counts());
      await until('The end of everything', async () => Object.values(await counts()).every((count) => count === 0));
      assert.deepEqual(await counts(), { calls: 0, listeners: 0, channels: 0, streams: 0, resources: 0 });
    }));

  it('begins anew with each run, and follows a core that is started again', () =>
    visit('crash', async ({ prints, until, frame }, page) => {
      await prints(/^page \| up since /);
      // It is loaded beside the rest; a dock that is not chosen hides it.
      await page.waitForFunction(() => document.querySelector('corral-inspector'));
      const ages = () => page.$eval('corral-inspector', (inspector) => inspector.toJSON().filter(({ client, name }) => client === 'core: main' && name === 'age').length);
      await until('The first core', async () => (await ages()) === 1);
      await (await frame()).click('#crash');
      await prints(/^page \| restarted, up since /);
      await until('The second core', async () => (await ages()) === 2);
      await page.click('#run');
      await until('A new beginning', async () => (await ages()) === 1);
    }));
});

describe('types', () => {
  it('come when somebody edits: errors, completion, explanations', () =>
    visit('greet', async ({ write, until, text, marks, held }, page) => {
      assert.match(await text('#types'), /loaded when you edit/);
      await page.click('#core-editor .cm-content');
      await until('The types', async () => /no errors/.test(await text('#types')));
      const code = await page.$eval('#page-editor .cm-content', (content) => [...content.children].map((line) => line.textContent).join('\n'));
      await write('page', `${code}\nconst n: number = await invoke.greet({ name: 5 });\ninvoke.gr`);
      await until('The errors', async () => /\d errors/.test(await text('#types')));
      await until('A mark beside the line', async () => (await marks('page')) >= 1);
      await held('Control', 'Space');
      await until('The completion', () => page.$$eval('.cm-tooltip-autocomplete li', (all) => all.some((one) => one.textContent === 'greet')));
      await page.keyboard.press('Escape');
      const { x, y } = await page.evaluate(() => {
        const walker = document.createTreeWalker(document.querySelector('#page-editor .cm-content'), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          if (walker.currentNode.textContent !== 'greet') continue;
          const range = document.createRange();
          range.selectNode(walker.currentNode);
          return range.getBoundingClientRect().toJSON();
        }
      });
      await page.mouse.move(x + 4, y + 6);
      await until('The explanation', () => page.$$eval('.cm-tooltip .type', (all) => all.some((one) => one.textContent.includes('Promise<string>'))));
    }));

  it('weigh what the page says', async () => {
    const assets = join(await builtSite(), 'assets');
    const names = (await readdir(assets)).filter((name) => /^types(?:-core)?-.*\.js$/.test(name));
    const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(join(assets, name)), { level: 9 }).length));
    const told = /const WEIGHT = '([\d.]+) MB'/.exec(await readFile(join(repository, 'demo/playground/type-check.ts'), 'utf8'))[1];
    assert.equal((sizes.reduce((sum, size) => sum + size) / 1e6).toFixed(1), told, `${names}: ${sizes} bytes`);
  });
});

typed({ visit });

projects({ visit, browser: () => browser, folder: () => folder });

describe('the page', () => {
  for (const width of [1280, 360]) {
    for (const scheme of ['light', 'dark']) {
      it(`is sound and accessible at a width of ${width}, in ${scheme}`, () =>
        visit('guest', async ({ prints }, page) => {
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
          await prints(/^guest \| That is all I could get\.$/);
          assert.deepEqual(await page.evaluate(flaws), []);
          const { shift } = await page.evaluate(() => globalThis.seen);
          assert.ok(shift < 0.01, `layout shift of ${shift}`);
          await page.screenshot({ path: join(screenshots, `playground-${width}-${scheme}.png`) });
          await page.addScriptTag({ content: await readFile(axe, 'utf8') });
          if (width < 500) await page.click('#tab-dock');
          for (const open of ['#tab-console', '#tab-messages', '#tab-help', '#choose', '#share']) {
            await page.click(open);
            const { violations } = await page.evaluate(() => globalThis.axe.run(document, { iframes: false }));
            assert.deepEqual(violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
            await page.keyboard.press('Escape');
          }
        }, { width }));
    }
  }

  it('is left by keyboard: Escape, then Tab', () =>
    visit('greet', async ({ held }, page) => {
      await page.click('#core-editor .cm-content');
      await held('Escape');
      await held('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-page-ts');
    }));

  it('works under a path, from a server that sends no headers, and asks no other host', async () => {
    const plain = await serve(await builtSite(), { base: '/some/path/' });
    try {
      await atPlayground(browser, `${plain.origin}/some/path/playground/#greet`, ({ prints }) => prints(/^page \| Hello, Ada!$/));
    } finally {
      await plain.close();
    }
  });

  it('runs in the dev server as well', async () => {
    const dev = await createServer({ ...common, server: { port: 0, host: '127.0.0.1' } });
    try {
      await dev.listen();
      const from = `http://localhost:${dev.httpServer.address().port}/playground/#greet`;
      await atPlayground(browser, from, ({ prints }) => prints(/^page \| Hello, Ada!$/));
    } finally {
      await dev.close();
    }
  });
});
