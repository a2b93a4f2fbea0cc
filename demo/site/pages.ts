/** The pages of the site: each folder of demo/ that has an index.html, told by its own title and description. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The folder that holds the site. */
export const demoFolder: string = resolve(import.meta.dirname, '..');

export interface Page {
  /** Its folder's name; '' for the landing page. */
  readonly name: string;
  readonly file: string;
  /** Up to the first `·` of its title. */
  readonly title: string;
  readonly description: string;
}

/** Where the header leads, besides the demos; a folder that is not there is left out. */
const header: readonly [name: string, label: string][] = [
  ['playground', 'Playground'],
  ['race', 'Race'],
  ['api', 'API'],
  ['script-tag', 'Script tag'],
];

/** The order of the gallery: from the first to read to the last; others follow. */
const first = ['greet', 'cities', 'files', 'canvas', 'capabilities'];

export function pages(): Page[] {
  const folders = readdirSync(demoFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = ['', ...folders.map(({ name }) => name)].filter((name) => existsSync(resolve(demoFolder, name, 'index.html')));
  return names.map((name) => {
    const file = resolve(demoFolder, name, 'index.html');
    const html = readFileSync(file, 'utf8');
    const title = /<title>([^<·]*)/.exec(html)?.[1]?.trim();
    const description = /<meta name="description" content="([^"]*)"/.exec(html)?.[1];
    if (!title || !description) throw new Error(`${file} lacks a title or a description: the gallery shows both.`);
    return { name, file, title, description };
  });
}

/** What the gallery shows: every page that is no place of its own. */
export function demos(): Page[] {
  const rank = ({ name }: Page): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return pages()
    .filter(({ name }) => name !== '' && !header.some(([place]) => place === name))
    .sort((a, b) => rank(a) - rank(b));
}

/** The pages that the header leads to, in its order. */
export function places(): Page[] {
  const all = pages();
  return header.flatMap(([name]) => all.filter((page) => page.name === name));
}

/** The header's links, relative to a page that is `up` away from the landing page. */
export function links(up: string): { href: string; label: string; name: string }[] {
  const labels = new Map(header);
  const found = places().map(({ name }) => ({ href: `${up}${name}/`, label: labels.get(name)!, name }));
  return [{ href: `${up}#demos`, label: 'Demos', name: 'demos' }, ...found];
}

/** Documents that run in a sandboxed frame of a page: whatever is no index.html. */
export function frames(): string[] {
  return pages().flatMap(({ file }) => {
    const others = readdirSync(dirname(file)).filter((name) => name.endsWith('.html') && name !== 'index.html');
    return others.map((name) => resolve(dirname(file), name));
  });
}
