// What the test of the playground does with projects that leave it: as a link, as a zip.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { build } from 'vite';
import { serve } from '../consumers/support.mjs';
import { atPlayground } from './playground.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Browser and folder are there when the tests run. */
export function projects({ visit, browser, folder }) {
  describe('a link', () => {
    it('holds the project, which runs when its receiver says so', () =>
      visit('greet', async ({ write, prints }, page) => {
        await write('page', "console.log('shared: ä 漢 🐎');\n");
        await page.click('#share');
        const link = await page.$eval('#link', (field) => field.value);
        assert.match(link, /#code=[\w-]+$/);
        await prints(/./);
        await atPlayground(browser(), link, async (other, receiver) => {
          assert.equal(await other.text('#title'), 'Shared project');
          assert.deepEqual(await other.lines(), []);
          assert.equal(receiver.frames().length, 1);
          assert.match(await receiver.$eval('#core-editor', (editor) => editor.textContent), /name: 'greeter'/);
          await receiver.click('#notice button');
          await other.prints(/^page \| shared: ä 漢 🐎$/);
          await receiver.click('#share');
          assert.equal(await receiver.$eval('#link', (field) => field.value), link);
        });
      }));

    it('that is broken, or holds something else, says so and shows an example', async () => {
      for (const hash of ['code=', 'code=xyz', 'code=%%%', 'code=q1bKzUxRslIqSS0uUaoFAA', `code=${'A'.repeat(20_000)}`]) {
        await visit(hash, async ({ prints }) => {
          await prints(/^playground \| This link does not hold a project/);
          await prints(/^page \| Hello, Ada!$/);
        });
      }
    });

    it('is not made of a project that is too large', () =>
      visit('greet', async ({ write, prints }, page) => {
        const noise = Array.from({ length: 40_000 }, (_, n) => ((n * 7919) ^ (n >> 3) ^ (n * n)).toString(36)).join(' ').slice(0, 60_000);
        await write('page', `// ${noise}`);
        await page.click('#share');
        await prints(/^playground \| This project makes a link of [\d,]+ characters; .* Download it instead\.$/);
      }));
  });

  describe('a download', () => {
    for (const [name, shown] of [['greet', /^Hello, Ada!$/], ['guest', /^That is all I could get\.$/], ['script-tag', /^Hello, script tag!$/]]) {
      it(`is a project that Vite builds: ${name}`, async () => {
        const app = await download(name);
        const outDir = join(app, 'dist');
        await build({ root: app, configFile: join(app, 'vite.config.js'), logLevel: 'warn' });
        await promisify(execFile)(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', app]).catch((error) => assert.fail(error.stdout));
        const site = await serve(outDir, { headers: { 'Access-Control-Allow-Origin': '*' } });
        const page = await browser().newPage();
        try {
          const said = new Promise((resolve) => page.on('console', (message) => shown.test(message.text()) && resolve()));
          await page.goto(`${site.origin}/`);
          await said;
        } finally {
          await page.close();
          await site.close();
        }
      });
    }
  });

  /** Downloads an example as its visitor would, and installs it without a registry. Returns its folder. */
  async function download(name) {
    let zip;
    await visit(name, async ({ until }, page) => {
      await page.evaluate(() => {
        const { createObjectURL } = URL;
        URL.createObjectURL = (blob) => {
          if (blob.type === 'application/zip') void blob.arrayBuffer().then((buffer) => (globalThis.zip = Array.from(new Uint8Array(buffer))));
          return createObjectURL(blob);
        };
      });
      await page.click('#download');
      zip = await until('The zip', () => page.evaluate(() => globalThis.zip));
    });
    const target = join(folder(), 'projects');
    const files = unzipSync(Uint8Array.from(zip));
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(target, path)), { recursive: true });
      await writeFile(join(target, path), bytes);
    }
    const app = join(target, Object.keys(files)[0].split('/')[0]);
    const { dependencies, devDependencies } = JSON.parse(await readFile(join(app, 'package.json'), 'utf8'));
    await mkdir(join(app, 'node_modules'));
    for (const one of [...Object.keys(dependencies), ...Object.keys(devDependencies)]) {
      await symlink(one === 'corral' ? join(app, 'vendor/corral') : join(repository, 'node_modules', one), join(app, 'node_modules', one));
    }
    await symlink(join(repository, 'node_modules/comlink'), join(app, 'node_modules/comlink'));
    return app;
  }
}
