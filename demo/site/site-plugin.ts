/** Vite plugin: makes the pages of demo/ one site. Gives them their header and what they include. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { filled } from './includes.ts';
import { frames, pages } from './pages.ts';
import { withShell } from './shell.ts';

export function site(): Plugin {
  let serving = false;
  return {
    name: 'site',
    configResolved({ command }) {
      serving = command === 'serve';
    },
    transformIndexHtml: {
      order: 'pre',
      async handler(html, { filename }) {
        const page = pages().find(({ file }) => file === filename);
        // What runs in a frame is no page of the site.
        return page ? withShell(await filled(html, page), page, { serving }) : html;
      },
    },
  };
}
