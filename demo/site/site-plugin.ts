/** Vite plugin: makes the pages of demo/ one site, with a header on each and what it includes. */
import type { Plugin, ResolvedConfig } from 'vite';
import { buildFrame } from './frames.ts';
import { filled } from './includes.ts';
import { frames, pages } from './pages.ts';
import { app, scriptTag } from './script-tag.ts';
import { withShell } from './shell.ts';

export function site(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'site',
    config: () => ({ build: { rolldownOptions: { input: pages().map(({ file }) => file) } } }),
    configResolved(resolved) {
      config = resolved;
    },
    /** The page without a build is served as it is: Vite would put its own client into it. */
    configureServer({ middlewares }) {
      middlewares.use('/script-tag/', async (request, response, next) => {
        const path = request.url?.replace(/^\/|\?.*/g, '') ?? '';
        if (path !== 'app.html' && !path.startsWith('corral-')) return next();
        const { html, files } = await scriptTag();
        const found = path === 'app.html' ? html : files.get(path);
        if (found === undefined) return next();
        response.setHeader('Content-Type', path.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8');
        for (const [name, value] of Object.entries(config.server.headers)) response.setHeader(name, value as string);
        response.end(found);
      });
    },
    async generateBundle() {
      const { alias, conditions } = config.resolve;
      const { html, files } = await scriptTag();
      this.emitFile({ type: 'asset', fileName: 'script-tag/app.html', source: html });
      for (const [path, source] of files) this.emitFile({ type: 'asset', fileName: `script-tag/${path}`, source });
      for (const file of frames().filter((frame) => frame !== app)) this.emitFile({ type: 'asset', ...(await buildFrame(file, { alias, conditions })) });
    },
    transformIndexHtml: {
      order: 'pre',
      async handler(html, { filename }) {
        const page = pages().find(({ file }) => file === filename);
        // What runs in a frame is no page of the site.
        return page ? withShell(await filled(html, page), page, { serving: config.command === 'serve' }) : html;
      },
    },
  };
}
