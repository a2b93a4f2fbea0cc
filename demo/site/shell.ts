/** What every page of the site has around its own content: fonts, theme, header, skip link, footer. */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { demoFolder, links, type Page } from './pages.ts';

const modules = resolve(demoFolder, '../node_modules/@fontsource-variable');
/** What the first screen of every page is set in; other alphabets come when a page has them. */
const preloaded = ['inter/files/inter-latin-wght-normal.woff2', 'jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'];

export function withShell(html: string, page: Page, { serving }: { serving: boolean }): string {
  const up = page.name === '' ? './' : '../';
  return html
    .replace('</head>', () => `${head(page, up, serving)}</head>`)
    .replace(/<body[^>]*>/, (body) => `${body}\n${bar(page, up)}`)
    .replace(/<main(?![^>]*\bid=)/, '<main id="main"')
    .replace(html.includes('</footer>') ? '</footer>' : '</body>', (end) => (end === '</footer>' ? `${foot()}${end}` : `<footer>${foot()}</footer>\n${end}`));
}

function head({ file }: Page, up: string, serving: boolean): string {
  const fonts = preloaded.map((font) => {
    const path = resolve(modules, font);
    const href = serving ? `/@fs${path}` : relative(dirname(file), path).replaceAll('\\', '/');
    return `<link rel="preload" as="font" type="font/woff2" crossorigin href="${href}" />`;
  });
  const theme = readFileSync(resolve(demoFolder, 'site/theme.js'), 'utf8');
  return `${fonts.join('\n')}
<link rel="stylesheet" href="${up}fonts.css" />
<script>
${theme}</script>
`;
}

function bar(page: Page, up: string): string {
  const items = links(up).map(({ href, label, name }) => {
    const here = name === page.name ? ' aria-current="page"' : '';
    return `<li><a href="${href}"${here}>${label}</a></li>`;
  });
  return `<nav class="site" aria-label="Site">
<a class="skip" href="#main">Skip to the content</a>
<a class="site-home" href="${up}"${page.name === '' ? ' aria-current="page"' : ''}><img src="${up}mark.svg" alt="" width="28" height="28" />Corral</a>
<ul>${items.join('')}</ul>
<button class="site-theme" type="button" aria-pressed="false" title="Dark theme"><span class="unseen">Dark theme</span><svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path class="sun" d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M4.9 19.1l1.8-1.8M17.3 6.7l1.8-1.8" /><path class="moon" d="M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z" /></svg></button>
</nav>`;
}

function foot(): string {
  const { version } = JSON.parse(readFileSync(resolve(demoFolder, '../package.json'), 'utf8')) as { version: string };
  return `<p>Corral ${version}, MIT licence. This site asks no other host for anything.</p>\n`;
}
