// What the test of the demos does with the files.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { shows, text } from './showing.mjs';

const generated = { size: 200_000_000, lines: '2,813,430', digest: '174456c4a9f9b70a13af441f89b54553d28353214de748b9fb066efa0e9d69b8' };

/** What Corral lets a sender send ahead, and the two chunks on their way to be counted. */
const credit = 256 * 64 * 1024 + 2 * 256 * 1024;

async function journalIsOpen(page) {
  await shows(page, '#status', /The core is up/);
  await page.click('#generate');
  await shows(page, '#status', /^Took in/, { timeout: 300_000 });
  await find(page, 'fox');
  await shows(page, '#found', /^Match 1, in line 100,003$/);
  await shows(page, '.chosen', /A fox is seen/);
}

export function fileInLines(visit) {
  it('takes 200 MB in, whose hash is the one that Node has for the same bytes, and gives back any line of it', () =>
    visit('/files/', async (page) => {
      assert.equal(await digestOfSample(), generated.digest);
      await journalIsOpen(page);
      assert.equal(await text(page, '#digest'), generated.digest);
      assert.equal(await text(page, '#line-count'), generated.lines);
      assert.equal(await fact(page, 'disk'), '200 MB');
      assert.equal(await fact(page, 'memory'), '0 bytes');
      assert.equal(await fact(page, 'index'), '524 kB');
      assert.deepEqual(await onDisk(page), [generated.size]);

      await page.type('#line', '2813430');
      await page.keyboard.press('Enter');
      await shows(page, '.chosen', /^2,813,430\.+$/);
      await page.click('#search button');
      await shows(page, '#found', /^Match 2, in line 200,006$/);
      await shows(page, '.chosen', /^200,006.*A fox is seen/);
      await page.click('#previous');
      await shows(page, '.chosen', /^100,003/);
      await page.focus('#frame');
      await page.keyboard.press('Home');
      await shows(page, '#lines li:first-child', /^12026-01-01T00:00:00 Maple/);
      await page.keyboard.press('End');
      await shows(page, '#lines', /2,813,430\.+/);

      await page.click('#verify');
      await shows(page, '#verified', /: the same\.$/);
      await page.click('#close');
      await shows(page, '#status', /^Closed\./);
      assert.equal(await fact(page, 'disk'), '0 bytes');
      assert.deepEqual(await onDisk(page), []);
    }));

  it('takes in a file that somebody picks: its hash is the one of the browser itself', () =>
    withFile('one\r\ntwo, 猫\n\n<b>four</b>', (path) =>
      visit('/files/', async (page) => {
        await pick(page, path);
        await shows(page, '#status', /^Took in 26 bytes in .* 4 lines\.$/);
        const ours = await page.evaluate(async () => {
          const bytes = new TextEncoder().encode('one\r\ntwo, 猫\n\n<b>four</b>');
          return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        });
        assert.equal(await text(page, '#digest'), ours);
        await shows(page, '#lines', /^1one2two, 猫34<b>four<\/b>$/);
        await find(page, 'five');
        await shows(page, '#found', /^It is nowhere in the file$/);
      })));

  it('takes in an empty file, and one without any line', () =>
    withFile('', (empty) =>
      withFile(randomBytes(3_000_000).map((byte) => byte || 1).map((byte) => (byte === 10 ? 11 : byte)), (noise) =>
        visit('/files/', async (page) => {
          await pick(page, empty);
          await shows(page, '#status', /^Took in 0 bytes in .*: 0 lines\.$/);
          await pick(page, noise);
          await shows(page, '#status', /^Took in 3\.00 MB in .*: 1 line\.$/);
          await shows(page, '#lines', / and 2,999,000 more bytes$/);
        }))));

  it('lets no more be under way than its credit, however slow the core is, and leaves nothing when it is cancelled', () =>
    visit('/files/', async (page) => {
      await page.click('[name=pace][value="25e6"]');
      await shows(page, '#status', /The core is up/);
      await page.click('#generate');
      await shows(page, '#so-far', /^[2-9]\d\.\d MB of 200 MB/);
      const most = await fact(page, 'most');
      assert.match(most, /^1[67]\.\d MB$/);
      assert.ok(parseFloat(most) * 1e6 <= credit, `${most} under way`);
      assert.equal((await onDisk(page)).length, 1);
      await page.click('#cancel');
      await shows(page, '#status', /^Cancelled after \d+\.\d MB\. The core has deleted what it had kept of it\.$/);
      assert.deepEqual(await onDisk(page), []);
    }));

  it('reads faster again in the midst of a file', () =>
    visit('/files/', async (page) => {
      await page.click('[name=pace][value="25e6"]');
      await shows(page, '#status', /The core is up/);
      await page.click('#generate');
      await shows(page, '#so-far', /MB of 200 MB/);
      await page.click('[name=pace][value="Infinity"]');
      await shows(page, '#status', /^Took in 200 MB/, { timeout: 300_000 });
    }));

  it('says so when the file cannot be read', () =>
    withFile('a folder is no file', (path) =>
      visit('/files/', async (page) => {
        await pick(page, dirname(path));
        await shows(page, '#status', /did not come in: the browser could not read it \(.*\)\. The core has deleted what it had kept of it\.$/);
        assert.deepEqual(await onDisk(page), []);
      })));

  it('says so when there is no room', () =>
    // Private windows have no quota to exceed.
    visit('/files/', async (page) => {
      const session = await page.createCDPSession();
      await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 30_000_000 });
      await shows(page, '#status', /The core is up/);
      await page.click('#generate');
      await shows(page, '#status', /there is no room after \d+\.\d MB\. The browser allows this site no more\. The core has deleted/);
      assert.deepEqual(await onDisk(page), []);
    }, { isPrivate: false }));

  it('says so when the core is lost with a file, and goes on with another core', () =>
    visit('/files/', async (page) => {
      await page.click('[name=pace][value="25e6"]');
      await shows(page, '#status', /The core is up/);
      await page.click('#generate');
      await shows(page, '#so-far', /MB of 200 MB/);
      await page.click('#terminate');
      await shows(page, '#status', /^Another core is up, and has deleted what the last one left\./);
      assert.ok((await page.evaluate(() => globalThis.seen.states)).some((state) => state.includes('The file is gone with it.')));
      assert.deepEqual(await onDisk(page), []);
      await page.click('[name=pace][value="Infinity"]');
      await page.click('#generate');
      await shows(page, '#status', /^Took in 200 MB/, { timeout: 300_000 });
    }));
}

/** By Node's own crypto, from the module that the page uses. */
async function digestOfSample() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../demo/files/sample.ts', import.meta.url))],
    format: 'esm',
    write: false,
  });
  const { sample } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  const hash = createHash('sha256');
  for (const chunk of sample(generated.size)) hash.update(chunk);
  return hash.digest('hex');
}

async function withFile(content, act) {
  const folder = await mkdtemp(join(tmpdir(), 'corral-file-'));
  const path = join(folder, 'picked.txt');
  try {
    await writeFile(path, content);
    await act(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pick(page, path) {
  await page.waitForFunction(() => /core is up|Took in/.test(document.getElementById('status').textContent), { polling: 20 });
  const input = await page.$('#picker');
  await input.uploadFile(path);
}

async function find(page, wanted) {
  await page.type('#text', wanted);
  await page.keyboard.press('Enter');
}

const fact = (page, name) => text(page, `[data-fact=${name}]`);

/** The sizes of what lies in the origin private file system, in all its folders. */
function onDisk(page) {
  return page.evaluate(async () => {
    const sizes = [];
    for await (const folder of (await navigator.storage.getDirectory()).values()) {
      for await (const file of folder.values()) sizes.push((await file.getFile()).size);
    }
    return sizes;
  });
}
