/** The built site, for every test that opens one of its pages: built once, and again when something has changed. */
import { execFile } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(repository, '.cache');
/** What the site is made of. */
const sources = ['demo', 'src', 'test/bench', 'README.md', 'package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.json'];

/** Builds the site by the command that the README names, unless that was done with these sources. Returns its folder. */
export async function builtSite() {
  // What is saved while it builds belongs to the next build.
  const name = `site-${(await newest()).getTime()}`;
  const folder = join(cache, name);
  if (await stat(folder).catch(() => undefined)) return folder;
  // Other test files may be building it as well: the first that is ready puts its folder there, whole.
  const mine = `${folder}.${process.pid}`;
  await promisify(execFile)('npm', ['run', 'build:site', '--silent', '--', '--outDir', mine], { cwd: repository, maxBuffer: 1e8 });
  await rename(mine, folder).catch(() => rm(mine, { recursive: true }));
  const former = (await readdir(cache)).filter((one) => one.startsWith('site') && !one.startsWith(name));
  for (const one of former) await rm(join(cache, one), { recursive: true, force: true });
  return folder;
}

async function newest() {
  const files = await Promise.all(
    sources.map(async (source) => {
      const path = join(repository, source);
      const within = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true }) : [];
      return [path, ...within.map((name) => join(path, name))];
    }),
  );
  const times = await Promise.all(files.flat().map(async (file) => (await stat(file)).mtime));
  return new Date(Math.max(...times));
}

/** The pages of the site by their folders, the landing page as ''. */
export async function sitePages() {
  const entries = await readdir(await builtSite(), { recursive: true });
  return entries.filter((name) => name.endsWith('index.html')).map((name) => name.slice(0, -'/index.html'.length)).sort();
}
