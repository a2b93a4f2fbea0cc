// What a page shows, read from outside.
import assert from 'node:assert/strict';

export const text = (page, selector) => page.$eval(selector, (element) => element.textContent);

/** Waits until the element's text is as expected. */
export async function shows(page, selector, expected, { timeout = 60_000 } = {}) {
  const is = ([wanted, source]) => new RegExp(source).test(document.querySelector(wanted)?.textContent ?? '');
  await page.waitForFunction(is, { polling: 20, timeout }, [selector, expected.source]).catch(async () => {
    assert.match(await text(page, selector), expected, `${selector} never came to this`);
  });
}
