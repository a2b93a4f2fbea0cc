/** The packed inspector: by script tags under the strictest policies, and in a bundle only where somebody imports it. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { install, launch, serve, strictPolicy } from './support.mjs';

const policy = `${strictPolicy}; require-trusted-types-for 'script'; trusted-types notes`;

describe('corral/devtools, packed', () => {
  let app;
  let browser;
  let server;

  before(async () => {
    [app, browser] = await Promise.all([install(), launch()]);
    for (const name of ['corral.global.js', 'corral-core.global.js', 'corral-devtools.global.js']) {
      await cp(join(app.corral, 'dist', name), join(app.folder, 'script-tag', name));
    }
    server = await serve(app.folder, { headers: { 'content-security-policy': policy } });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await app?.remove();
  });

  it('shows the page and its core by script tags, under a strict policy and Trusted Types, and breaks neither', async () => {
    const page = await browser.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => ['error', 'warn'].includes(message.type()) && !message.location().url?.endsWith('/favicon.ico') && complaints.push(message.text()));
    await page.goto(`${server.origin}/inspected/`);
    const greeted = () => document.querySelector('corral-inspector').toJSON().filter(({ name, outcome }) => name === 'greet' && outcome === 'done').length === 2;
    await page.waitForFunction(greeted, { timeout: 60_000 });
    const seen = await page.evaluate(() => document.querySelector('corral-inspector').toJSON().map(({ client, what, name }) => `${client}: ${what} ${name}`));
    assert.deepEqual(seen.filter((line) => line.includes('call')).sort(), ['core: main: call greet', 'main: call greet']);
    // It has its colours, which a policy could have taken away.
    const row = await page.waitForSelector('corral-inspector >>> .row');
    assert.equal(await row.evaluate((element) => getComputedStyle(element).display), 'grid');
    await row.click();
    await page.waitForSelector('corral-inspector >>> .detail .facts');
    assert.deepEqual(complaints, []);
  });

  it("puts calls on a track of Chrome's performance panel: a recording has what the panel reads", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/inspected/`);
    // With this one the page's own call, made before it, is answered as well.
    await page.evaluate(() => invoke.greet({ name: 'Ada' }));
    await page.tracing.start({ categories: ['-*', 'blink.user_timing'] });
    await page.evaluate(() => Promise.allSettled([invoke.greet({ name: 'Grace' }), invoke.greet({ name: 3 })]));
    const { traceEvents } = JSON.parse(Buffer.from(await page.tracing.stop()).toString());
    const own = traceEvents.filter(({ name }) => name === 'corral: greet');
    const tracks = own.filter(({ ph }) => ph === 'b').map(({ ts, id2, args }) => {
      const end = own.find((one) => one.ph === 'e' && one.id2.local === id2.local);
      assert.ok(end.ts >= ts);
      return JSON.parse(args.detail).devtools;
    });
    const bytes = tracks.map(({ properties }) => Number(properties.find(([name]) => name === 'bytes')[1]));
    assert.ok(bytes.every((count) => count > 0));
    const entry = { dataType: 'track-entry', track: 'Corral' };
    assert.deepEqual(tracks.filter(({ color }) => color === 'primary'), [{ ...entry, color: 'primary', tooltipText: 'greet: done', properties: [['client', 'main'], ['outcome', 'done'], ['bytes', String(bytes[0])]] }]);
    assert.deepEqual(tracks.filter(({ color }) => color === 'error'), [{ ...entry, color: 'error', tooltipText: 'greet: refused', properties: [['client', 'main'], ['outcome', 'INVALID_ARGUMENTS'], ['bytes', String(bytes[1])]] }]);
    assert.equal(tracks.length, 2);
    await page.close();
  });

  const bundle = async (contents) => {
    const { outputFiles } = await build({ stdin: { contents, resolveDir: app.folder }, bundle: true, write: false, format: 'esm', minify: true, logLevel: 'error' });
    return outputFiles[0].text;
  };

  it('is in a bundle that imports it for its effect alone', async () => {
    assert.match(await bundle("import 'corral/devtools';"), /corral-inspector/);
  });

  it('leaves nothing in a bundle that does not import it, neither of itself nor of the tap', async () => {
    assert.doesNotMatch(await bundle("import { connect } from 'corral'; console.log(connect);"), /corral-inspector|reportError\.bind/);
  });
});
