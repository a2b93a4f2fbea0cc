// What the test of the playground does with what a visitor typed: leave it, and come back to it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

/** `visit` opens an example and hands out its bench and its page. */
export function typed({ visit }) {
  describe('what was typed', () => {
    const has = ({ until }, page, text) => until(`“${text}” in the editor`, () => page.$eval('#page-editor', (editor, wanted) => editor.textContent.includes(wanted), text));
    const isReset = (page) => page.$eval('#reset', (button) => button.disabled);

    /** Until the playground knows of it. */
    const type = async ({ write, until }, page, text) => {
      await write('page', text);
      await until('The change', async () => !(await isReset(page)));
    };

    it('is there after a reload, and is run when somebody says so, until Reset', () =>
      visit('greet', async (bench, page) => {
        await type(bench, page, "console.log('mine');\n");
        await page.reload();
        await has(bench, page, 'mine');
        assert.match(await bench.text('#notice'), /^You have changed this example\./);
        assert.equal(page.frames().length, 1);
        await page.click('#notice button');
        await bench.prints(/^page \| mine$/);
        await page.click('#reset');
        await bench.prints(/^page \| Hello, Ada!$/);
        await page.reload();
        await bench.prints(/^page \| Hello, Ada!$/);
        assert.ok(await isReset(page));
      }));

    it('is found by the Back button and from the gallery, each example with its own', () =>
      visit('greet', async (bench, page) => {
        await type(bench, page, "console.log('mine');\n");
        await page.click('#choose');
        await page.click('#gallery a[href="#abort"]');
        await bench.prints(/^page \| 10 m deep$/);
        await page.goBack();
        await has(bench, page, 'mine');
        await page.goto(new URL('../', page.url()).href);
        await page.goBack();
        await has(bench, page, 'mine');
        await page.click('#choose');
        await page.click('#gallery a[href="#greet"]');
        await has(bench, page, 'mine');
      }));

    it('is not what a shared link opens, though a reload of it finds it', () =>
      visit('greet', async (bench, page) => {
        await type(bench, page, "console.log('shared');\n");
        await page.click('#share');
        const link = await page.$eval('#link', (field) => field.value);
        await page.goto('about:blank');
        await page.goto(link);
        await has(bench, page, 'shared');
        await type(bench, page, "console.log('changed');\n");
        await page.reload();
        await has(bench, page, 'changed');
        assert.match(await bench.text('#notice'), /^This project came with the link, and you have changed it/);
        await page.goto('about:blank');
        await page.goto(link);
        await has(bench, page, 'shared');
        assert.ok(await isReset(page));
      }));

    it('is bounded, and survives what others have stored in its place', () =>
      visit('greet', async (bench, page) => {
        const stored = () => page.evaluate(() => JSON.parse(sessionStorage.getItem('corral-playground')).map(([address]) => address));
        await page.evaluate(() => {
          const project = { 'core.ts': '', 'page.ts': 'x'.repeat(60_000) };
          const odd = [null, ['greet'], ['greet', { 'core.ts': 1 }]];
          sessionStorage.setItem('corral-playground', JSON.stringify([...odd, ...Array.from({ length: 30 }, (_, n) => [`old-${n}`, project])]));
        });
        await page.reload();
        await bench.prints(/^page \| Hello, Ada!$/);
        await type(bench, page, "console.log('mine');\n");
        const kept = await stored();
        assert.deepEqual(kept.slice(-2), ['old-29', 'greet']);
        assert.equal(kept.length, 17, 'a million characters hold sixteen projects of sixty thousand, and a small one');
        await page.evaluate(() => sessionStorage.setItem('corral-playground', 'no JSON'));
        await page.reload();
        await bench.prints(/^page \| Hello, Ada!$/);
      }));

    for (const [without, ban] of Object.entries({
      'no storage': () => Object.defineProperty(globalThis, 'sessionStorage', { get() { throw new DOMException('Forbidden', 'SecurityError'); } }),
      'no room in it': () => (Storage.prototype.setItem = () => { throw new DOMException('Full', 'QuotaExceededError'); }),
    })) {
      it(`is gone after a reload where there is ${without}, and nothing else is`, () =>
        visit('greet', async (bench, page) => {
          await page.evaluateOnNewDocument(ban);
          await page.reload();
          await bench.prints(/^page \| Hello, Ada!$/);
          await type(bench, page, "console.log('mine');\n");
          await bench.run();
          await bench.prints(/^page \| mine$/);
          await page.click('#reset');
          await bench.prints(/^page \| Hello, Ada!$/);
          await type(bench, page, "console.log('mine');\n");
          await page.reload();
          await bench.prints(/^page \| Hello, Ada!$/);
        }));
    }
  });
}
