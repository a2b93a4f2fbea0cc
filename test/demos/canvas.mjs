// What the test of the demos does with the canvas.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shows, text } from './showing.mjs';

const running = /^The core draws\./;

/** Until the core has told of its frames. */
async function isDrawing(page) {
  await shows(page, '#status', running);
  await shows(page, '#core-rate', /^[1-9]\d*$/);
}

export function drawnInTheCore(visit) {
  const calm = (page) => page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);

  it('draws on the page’s canvas from a worker, as it is wished', () =>
    visit('/canvas/', async (page) => {
      await isDrawing(page);
      await eventually(async () => (await coloursOf(page)) > 50);
      await shows(page, '#drawn', /^24,000$/);
      await page.focus('#particles');
      await page.keyboard.press('ArrowRight');
      await shows(page, '#drawn', /^24,500$/);
      assert.equal(await text(page, 'output[for=particles]'), '24,500');
      await page.mouse.move(640, 400);
      await page.mouse.move(700, 420);
      await shows(page, '#core-longest', /ms$/);
    }));

  it('goes on while the page is blocked', () =>
    visit('/canvas/', async (page) => {
      await isDrawing(page);
      // As little to draw as can be wished for: what counts is that it goes on, also on a machine that is busy.
      await page.focus('#particles');
      await page.keyboard.press('Home');
      await shows(page, '#drawn', /^500$/);
      await page.click('#block');
      await shows(page, '#status', /Meanwhile the core drew \d+ frames, never more than [\d,]+ ms apart\.$/);
      const [, seconds, drawn] = /^For ([\d.]+) s .* drew (\d+) frames/.exec(await text(page, '#status'));
      assert.ok(Number(seconds) >= 2);
      assert.ok(Number(drawn) > 10, `${drawn} frames`);
    }));

  it('pauses, and then draws one picture for each wish', () =>
    visit('/canvas/', async (page) => {
      await isDrawing(page);
      await page.click('#pause');
      assert.equal(await text(page, '#pause'), 'Play');
      await shows(page, '#core-rate', /^0$/);
      const before = await pictureOf(page);
      assert.equal(await pictureOf(page), before);
      await page.click('[value=sea]');
      await eventually(async () => (await pictureOf(page)) !== before);
      await page.click('#pause');
      await shows(page, '#core-rate', /^[1-9]\d*$/);
    }));

  it('begins with a picture that does not move, for who prefers that', () =>
    visit('/canvas/', async (page) => {
      await shows(page, '#status', /^You prefer reduced motion/);
      assert.equal(await text(page, '#pause'), 'Play');
      await shows(page, '#drawn', /^24,000$/);
      await eventually(async () => (await coloursOf(page)) > 50);
      const before = await pictureOf(page);
      assert.equal(await pictureOf(page), before);
      await page.click('#seed');
      await eventually(async () => (await pictureOf(page)) !== before);
    }, { prepare: calm }));

  it('follows the theme', () =>
    visit('/canvas/', async (page) => {
      await shows(page, '#drawn', /^24,000$/);
      const brightness = async (scheme) => {
        await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }, { name: 'prefers-color-scheme', value: scheme }]);
        return () => brightnessOf(page);
      };
      const [light, dark] = [(value) => value > 150, (value) => value < 100];
      for (const [scheme, is] of [['dark', dark], ['light', light], ['dark', dark]]) {
        const now = await brightness(scheme);
        await eventually(async () => is(await now()));
      }
    }, { prepare: calm }));

  it('gets another canvas with another core', () =>
    visit('/canvas/', async (page) => {
      await isDrawing(page);
      await page.click('#terminate');
      await shows(page, '#status', /^Another core draws now/);
      await page.$eval('#drawn', (figure) => (figure.textContent = ''));
      await shows(page, '#drawn', /^24,000$/);
      await eventually(async () => (await coloursOf(page)) > 50);
    }));

  it('says so where a canvas cannot be handed over', () =>
    visit('/canvas/', async (page) => {
      await shows(page, '#status', /^This browser cannot hand a canvas to a worker/);
      assert.equal(await page.$eval('#pause', ({ disabled }) => disabled), true);
    }, { prepare: (page) => page.evaluateOnNewDocument(() => delete HTMLCanvasElement.prototype.transferControlToOffscreen) }));
}

/** The page may not read a canvas that it has handed over, so this is its picture on the screen. */
async function pictureOf(page) {
  const easel = await page.$('#easel');
  return easel.screenshot({ encoding: 'base64' });
}

const coloursOf = (page) => measure(page, (pixels) => new Set(pixels).size);

const brightnessOf = (page) =>
  measure(page, (pixels) => pixels.reduce((sum, pixel) => sum + (pixel & 255) + ((pixel >> 8) & 255) + ((pixel >> 16) & 255), 0) / (3 * pixels.length));

async function measure(page, judge) {
  const pixels = await page.evaluate(async (picture) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const pen = new OffscreenCanvas(200, 100).getContext('2d');
    pen.drawImage(image, 0, 0, 200, 100);
    return [...new Uint32Array(pen.getImageData(0, 0, 200, 100).data.buffer)];
  }, await pictureOf(page));
  return judge(pixels);
}

async function eventually(holds) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) if (await holds()) return;
  assert.fail('It never came true');
}
