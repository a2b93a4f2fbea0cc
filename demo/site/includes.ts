/** What a page may include when it is built: `<!-- include code ./core.ts: core.ts, in the worker -->`. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { excerpt } from './excerpt.ts';
import { highlight, highlightHtml } from './highlight.ts';
import { escape } from './html.ts';
import { markdown, section } from './markdown.ts';
import { bytes } from '../../test/bench/table.mjs';
import { sizes as measured } from '../../test/bench/sizes.mjs';
import { demoFolder, demos, places, type Page } from './pages.ts';
import { readReference } from './reference/read.ts';
import { scriptTag } from './script-tag.ts';
import { renderReference, type RenderedReference } from './reference/render.ts';

type Include = (argument: string, page: Page) => string | Promise<string>;

const includes: Record<string, Include> = {
  code: (argument, { file }) => {
    const [path = '', title = basename(path)] = argument.split(/:\s+/);
    return listing(title, excerpt(readFileSync(resolve(dirname(file), path), 'utf8')), path.endsWith('.html'));
  },
  demos: gallery,
  places: doors,
  actions,
  comparison,
  sizes,
  app: async () => listing('app.html, as this site serves it', (await scriptTag()).html, true),
  files: async () => (await scriptTag()).table,
  version: async () => (await scriptTag()).version,
  names: () => reference().names,
  reference: () => reference().doors,
};

/** The page with every include filled in. */
export async function filled(html: string, page: Page): Promise<string> {
  const parts = html.split(/<!-- include (\w+) ?(.*?) -->/);
  let result = parts[0]!;
  for (let at = 1; at < parts.length; at += 3) {
    const [name, argument, rest] = parts.slice(at, at + 3) as [string, string, string];
    const include = includes[name];
    if (!include) throw new Error(`${page.file} includes \`${name}\`; there is ${Object.keys(includes).join(', ')}.`);
    result += (await include(argument, page)) + rest;
  }
  return result;
}

/** Code under its file's name. */
export function listing(title: string, code: string, html = false): string {
  const [name, note = ''] = title.split(/,\s+/);
  const coloured = html ? highlightHtml(code.trimEnd()) : highlight(code.trimEnd());
  return `<figure class="code"><figcaption><b>${escape(name!)}</b> ${escape(note)}</figcaption><pre tabindex="0" role="group" aria-label="${escape(title)}"><code>${coloured}</code></pre></figure>`;
}

/** A card for each demo, and for each place of the site that has a drawing, card.svg. */
function gallery(): string {
  const shown = [...demos(), ...places().filter(drawing)];
  return `<ul class="gallery">${shown.map(card).join('\n')}</ul>`;
}

/** The other places of the site. */
function doors(): string {
  const shown = places().filter((page) => !drawing(page));
  return shown.map(card).join('\n');
}

function card(page: Page): string {
  const { name, title, description } = page;
  return `<li class="card">${drawing(page)}<h3><a href="./${name}/">${title}</a></h3><p>${description}</p></li>`;
}

function drawing({ name }: Page): string {
  const file = resolve(demoFolder, name, 'card.svg');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace('<svg', '<svg aria-hidden="true"') : '';
}

/** The first things to do: what there is of it. */
function actions(): string {
  const [first, ...others] = places().filter(({ name }) => ['playground', 'api'].includes(name));
  const button = (href: string, label: string, kind = ''): string => `<a class="button${kind}" href="${href}">${label}</a>`;
  const rest = others.map(({ name, title }) => button(`./${name}/`, title));
  return [first && button(`./${first.name}/`, first.title, ' primary'), button('#demos', 'Demos'), ...rest].filter(Boolean).join('\n');
}

/** The README's comparison, so that there is one of it. */
function comparison(): string {
  const text = section(readFileSync(resolve(demoFolder, '../README.md'), 'utf8'), /^## Why, beside /);
  const caption = 'Corral beside Comlink, Penpal, capnweb and oRPC';
  const html = markdown(text, { caption });
  return html.replace('<table>', () => `<div class="wide" tabindex="0" role="group" aria-label="${caption}"><table>`).replace('</table>', '</table></div>');
}

/** What the contenders of the race weigh, measured now. */
async function sizes(): Promise<string> {
  const all = await measured();
  const version = (name: string): string => {
    const file = name === 'corral' ? '../package.json' : `../node_modules/${name}/package.json`;
    return (JSON.parse(readFileSync(resolve(demoFolder, file), 'utf8')) as { version: string }).version;
  };
  const rows = ['Corral', 'Corral with valibot', 'Comlink', 'Penpal'].map((name) => {
    const [library = ''] = name.split(' ');
    const { page, worker } = all[name]!;
    return `<tr><th scope="row">${library} ${version(library.toLowerCase())}${name.slice(library.length)}</th><td>${bytes(page)}</td><td>${bytes(worker)}</td></tr>`;
  });
  const head = '<tr><th scope="col">Library</th><th scope="col">Page</th><th scope="col">Worker</th></tr>';
  return `<table class="sizes"><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
}

let rendered: { of: number; reference: RenderedReference } | undefined;

/** The API reference; read again when a source has changed. */
function reference(): RenderedReference {
  const sources = resolve(demoFolder, '../src');
  const changed = readdirSync(sources, { recursive: true }).map((name) => statSync(resolve(sources, String(name))).mtimeMs);
  const of = Math.max(...changed);
  if (rendered?.of !== of) rendered = { of, reference: renderReference(readReference()) };
  return rendered.reference;
}
