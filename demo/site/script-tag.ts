/** The page without a build: its one file, and the script-tag builds that it loads, under a path with their version. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Rolldown } from 'vite';
import { bytes } from '../../test/bench/table.mjs';
import { demoFolder } from './pages.ts';

const root = resolve(demoFolder, '..');
export const app: string = resolve(demoFolder, 'script-tag/app.html');

/** The mode of vite.config.ts that builds each file. */
const modes: Record<string, string> = { 'corral.global.js': 'global', 'corral-core.global.js': 'core-global' };

export interface ScriptTag {
  readonly version: string;
  /** What is served beside the page, by its path from there. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** The one file, with the integrity of what it loads. */
  readonly html: string;
  /** Its rows: name, size, and what goes into `integrity`. */
  readonly table: string;
}

let made: Promise<ScriptTag> | undefined;

/** Built once, from the sources, byte for byte as `npm run build` does. */
export function scriptTag(): Promise<ScriptTag> {
  made ??= make();
  return made;
}

async function make(): Promise<ScriptTag> {
  const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };
  const folder = `corral-${version}`;
  const files = new Map<string, string | Uint8Array>();
  for (const mode of Object.values(modes)) {
    const result = await build({ configFile: resolve(root, 'vite.config.ts'), root, mode, logLevel: 'warn', build: { write: false } });
    const { output } = ([result].flat() as Rolldown.RolldownOutput[])[0]!;
    for (const file of output) files.set(`${folder}/${file.fileName}`, file.type === 'chunk' ? file.code : file.source);
  }
  const names = Object.keys(modes);
  const integrity = (name: string): string => `sha384-${createHash('sha384').update(files.get(`${folder}/${name}`)!).digest('base64')}`;
  const html = readFileSync(app, 'utf8').replace(/corral-[\d.]+\/(corral(?:-core)?\.global\.js)(.{1,5}integrity[:=] ?.)sha384-…/g, (_, name: string, between: string) => {
    return `${folder}/${name}${between}${integrity(name)}`;
  });
  if (html.includes('…')) throw new Error(`${app} loads something that has no integrity.`);
  const rows = names.map((name) => {
    const size = bytes(Buffer.byteLength(files.get(`${folder}/${name}`)!));
    return `<tr><th scope="row"><code>${name}</code></th><td>${size}</td><td><code>${integrity(name)}</code></td></tr>`;
  });
  const head = '<tr><th scope="col">File</th><th scope="col">Size</th><th scope="col">Integrity</th></tr>';
  return { version, files, html, table: `<table class="files"><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>` };
}
