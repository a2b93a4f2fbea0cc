/** The packed script-tag builds on pages without a build: from a CDN, under a strict CSP, under Trusted Types. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { install, launch, passes, serve, strictPolicy } from './support.mjs';

const trustedTypesPolicy = `${strictPolicy}; require-trusted-types-for 'script'; trusted-types notes`;

describe('pages without a build', () => {
  let app;
  let browser;
  const servers = [];
  const serveWith = async (folder, options) => {
    const server = await serve(folder, options);
    servers.push(server);
    return server.origin;
  };

  before(async () => {
    [app, browser] = await Promise.all([install(), launch()]);
    for (const name of ['corral.global.js', 'corral-core.global.js']) {
      await cp(join(app.corral, 'dist', name), join(app.folder, 'script-tag', name));
    }
  });
  after(async () => {
    await browser?.close();
    for (const server of servers) await server.close();
    await app?.remove();
  });

  it('run with script tags and a classic worker', async () => {
    const origin = await serveWith(app.folder);
    await passes(browser, `${origin}/script-tag/`);
  });

  describe('with the library and the core on another origin', () => {
    let origin;
    before(async () => {
      await import(pathToFileURL(join(app.folder, 'esbuild', 'build.mjs')));
      const cdnFolder = join(app.folder, 'served-by-the-cdn');
      await cp(join(app.folder, 'script-tag'), cdnFolder, { recursive: true });
      await cp(join(app.folder, 'cdn', 'core.js'), join(cdnFolder, 'core.js'));
      await cp(join(app.folder, 'esbuild', 'dist', 'core.js'), join(cdnFolder, 'notes.module.js'));

      let cdn = '';
      const rewrite = (text) => text.replaceAll('https://cdn.example', cdn);
      cdn = await serveWith(cdnFolder, { headers: { 'access-control-allow-origin': '*' }, rewrite });
      origin = await serveWith(app.folder, { rewrite });
    });

    for (const type of ['classic', 'module']) {
      it(`run with a ${type} core`, () => passes(browser, `${origin}/cdn/?core=${type}`));
    }
  });

  it('run under a strict Content-Security-Policy', async () => {
    const origin = await serveWith(app.folder, { headers: { 'content-security-policy': strictPolicy } });
    await passes(browser, `${origin}/script-tag/`, async (page) => {
      assert.equal(await page.evaluate(refusedByPolicy), 'blob worker: worker-src, inline script: script-src-elem');
    });
  });

  it('run under Trusted Types', async () => {
    const origin = await serveWith(app.folder, { headers: { 'content-security-policy': trustedTypesPolicy } });
    await passes(browser, `${origin}/trusted-types/`, async (page) => {
      const refusal = await page.evaluate(() => {
        try {
          new Worker('core.js');
        } catch (error) {
          return error.name;
        }
        return 'none';
      });
      assert.equal(refusal, 'TypeError');
    });
  });
});

/** Runs in the page: shows that the policy was in force, by doing what it forbids. */
async function refusedByPolicy() {
  const violated = (attempt) =>
    new Promise((resolve) => {
      const listener = ({ effectiveDirective }) => resolve(effectiveDirective);
      document.addEventListener('securitypolicyviolation', listener, { once: true });
      attempt();
    });
  const blob = await violated(() => new Worker(URL.createObjectURL(new Blob(['']))));
  const script = document.createElement('script');
  script.textContent = 'globalThis.ran = true';
  const inline = await violated(() => document.head.append(script));
  return `blob worker: ${blob}, inline script: ${inline}`;
}
