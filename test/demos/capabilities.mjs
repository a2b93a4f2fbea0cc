// What the test of the demos does with the guest at the gate.
import assert from 'node:assert/strict';
import { it } from 'node:test';

export function guestAtTheGate(visit, shows) {
  const told = async (page, id) => {
    const frame = page.frames().find((one) => one.url().includes('/capabilities/guest'));
    await frame.waitForFunction((wanted) => document.getElementById(wanted)?.className, { polling: 20 }, id);
    return frame.$eval(`#${id}`, (item) => [item.className, item.querySelector('span').textContent]);
  };
  const comesTo = async (page, id, expected, word = '') => {
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      const [name, said] = await told(page, id).catch(() => []);
      if (name === expected && said.includes(word)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(await told(page, id), [expected, word], `${id} never came to this`);
  };
  const ids = ['weather', 'weather-changed', 'public', 'secret', 'detour', 'token', 'guess', 'mail', 'theme', 'label'];
  const set = (page, grant) => page.click(`input[data-grant="${grant}"]`);

  it('shows what the gate says to ten things that a sandboxed guest tries', () =>
    visit('/capabilities/', async (page) => {
      await comesTo(page, 'label', 'no');
      const answers = await Promise.all(ids.map((id) => told(page, id)));
      assert.deepEqual(answers.map(([name]) => name), ['yes', 'yes', 'yes', 'no', 'no', 'no', 'no', 'no', 'no', 'no']);
      assert.match(answers[3][1], /may not invoke `files.read`: out of scope/);
      assert.match(answers[6][1], /may not invoke `account.password`: not granted/);
      await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 10);
      await shows(page, 'tbody', /yes.*files\.readgranted by public-files/);
    }));

  it('grants and revokes while the guest runs', () =>
    visit('/capabilities/', async (page) => {
      await comesTo(page, 'label', 'no');
      await set(page, 'secret-files');
      await comesTo(page, 'secret', 'yes', 'Dear diary');
      await comesTo(page, 'detour', 'no', 'out of scope');
      await set(page, 'account');
      await comesTo(page, 'token', 'yes');
      await set(page, 'account');
      await comesTo(page, 'token', 'no', 'not granted');
      await set(page, 'weather');
      await shows(page, '#ended', /listen of weather-changed ended: it was revoked/);
      await comesTo(page, 'weather', 'no', 'not granted');
      await set(page, 'guests');
      await comesTo(page, 'label', 'yes', 'no more than I have');
    }));

  it('lets the guest in again after a reload', () =>
    visit('/capabilities/', async (page) => {
      await comesTo(page, 'label', 'no');
      await page.reload();
      await comesTo(page, 'weather', 'yes', 'sunny');
    }));
}
