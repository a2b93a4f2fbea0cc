/** Vite plugin: makes the pages of demo/ one site, with a header on each and what it includes. */
import type { Plugin, ResolvedConfig } from 'vite';
import { buildFrame } from './frames.ts';
import { filled } from './includes.ts';
import { frames, pages } from './pages.ts';
import { withShell } from './shell.ts';

export function site(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'site',
    config: () => ({ build: { rolldownOptions: { input: pages().map(({ file }) => file) } } }),
    configResolved(resolved) {
      config = resolved;
    },
    async generateBundle() {
      const { alias, conditions } = config.resolve;
      for (const file of frames()) this.emitFile({ type: 'asset', ...(await buildFrame(file, { alias, conditions })) });
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
