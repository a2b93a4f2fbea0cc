/** The built site, for every test that opens one of its pages: built once, and again when something has changed. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(repository, '.cache/site');
const stamp = join(repository, '.cache/site-built');
/** What the site is made of. */
const sources = ['demo', 'src', 'test/bench', 'README.md', 'package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.json'];

/** Builds the site by the command that the README names, unless what is there is newer than its sources. Returns its folder. */
export async function builtSite() {
  const began = new Date();
  const built = await stat(stamp).catch(() => undefined);
  if (!built || built.mtime < (await newest())) {
    await promisify(execFile)('npm', ['run', 'build:site', '--silent', '--', '--outDir', folder], { cwd: repository, maxBuffer: 1e8 });
    await mkdir(join(stamp, '..'), { recursive: true });
    await writeFile(stamp, '');
    // What is saved while it builds belongs to the next build.
    await utimes(stamp, began, began);
  }
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
