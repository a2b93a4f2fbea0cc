// What the checks read: the project's files, their code without comments, and what they import.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** The text of a file of the project; `path` is relative to its top. */
export const read = (path) => readFileSync(join(root, path), 'utf8');

/** Every file under a folder, as paths from the project's top with `/`. A missing or empty folder is an error. */
export function filesIn(folder, endings = ['.ts']) {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'));
  if (files.length === 0) throw new Error(`There is no ${endings.join(' or ')} file in ${folder}/`);
  return files.sort();
}

/** The code of a file without its comments; strings stay. */
export const codeOf = (path) =>
  read(path).replace(/('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/.*/g, (_, text) => text ?? '');

/** What a file imports: `{ from, path, type }`. `path` is set for a file of the project; `type` if nothing is left at runtime. */
export function importsOf(file) {
  const found = codeOf(file).matchAll(/(?:^\s*(?:import|export)\b[^;'"=()]*\bfrom\s|^\s*import|\bimport\()\s*['"]([^'"\n]+)['"]/gm);
  return [...found].map(([statement, from]) => ({
    from,
    type: /^\s*(?:import|export) type\b/.test(statement),
    path: from.startsWith('.') ? join(dirname(file), from).replaceAll('\\', '/') : undefined,
  }));
}

/** Fails with the sentence and the list, if there is one. */
export function none(faults, sentence) {
  if (faults.length > 0) assert.fail([sentence, ...faults].join('\n    '));
}

/** The files in src/ that a package export opens, without those of the script-tag builds. */
export const doors = () => filesIn('src').filter((file) => /^src\/[^/]+\.ts$/.test(file) && !file.endsWith('-global.ts'));
