// The documents keep up with the code: the protocol's headings, and every TypeScript example.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { read, root } from '../support/sources.mjs';

const protocol = 'src/wire/README.md';

test('the protocol has a heading for every message, and for no other', () => {
  headings(/'(\$\/\w+)'/g, 'src/wire/messages.ts', /`(\$\/\w+)`/g);
});

test('the protocol has a heading for every error code, and for no other', () => {
  headings(/^ {2}([A-Z]+(?:_[A-Z]+)*): -32\d+/gm, 'src/wire/errors.ts', /`([A-Z_]+)`/g);
});

test('the README shows demo/greet as it is', () => {
  const shown = examplesOf(read('README.md'));
  for (const file of ['core.ts', 'page.ts']) {
    assert.equal(shown.get(file), `export {};\n// ${file}\n${read(`demo/greet/${file}`)}`, `README.md shows another ${file} than demo/greet`);
  }
});

for (const file of ['README.md', 'src/client/README.md', 'src/core/README.md', 'src/testing/README.md', 'src/devtools/README.md', protocol]) {
  test(`every TypeScript example in ${file} type-checks`, async () => {
    const examples = examplesOf(read(file));
    if (file === 'README.md') assert.ok(examples.size > 0, 'README.md has no TypeScript example');
    if (examples.size === 0) return;
    const folder = join(root, '.cache/examples', dirname(file));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, code] of examples) writeFileSync(join(folder, name), code);
    const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'], exclude: [], compilerOptions: { noUnusedLocals: false } };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'], { cwd: root });
    const faults = await tsc.then(() => '', (error) => error.stdout || error.message);
    assert.equal(faults, '', `Examples in ${file} do not compile; they are kept in ${folder}`);
  });
}

/** A heading names its message or its code in backticks. */
function headings(source, file, mention) {
  const names = [...read(file).matchAll(source)].map((match) => match[1]);
  assert.ok(names.length > 3, `${file} names almost nothing: has its form changed?`);
  assert.ok(existsSync(join(root, protocol)), `${protocol} is missing`);
  const titles = read(protocol).match(/^#+ .*$/gm)?.join('\n') ?? '';
  const told = new Set([...titles.matchAll(mention)].map((match) => match[1]));
  assert.deepEqual([...told].sort(), [...new Set(names)].sort(), `The headings of ${protocol} (left) are not what ${file} has (right)`);
}

/**
 * The `ts` fences by file name. A first line `// core.ts` names the file, so that another example can import it;
 * `// core.ts, continued` adds to it. A fence without a name stands alone.
 */
function examplesOf(text) {
  const files = new Map();
  for (const [, code] of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const [, name, continued] = /^\/\/ ([\w-]+\.ts)(, continued)?$/m.exec(code.split('\n')[0]) ?? [];
    const file = name ?? `example-${files.size + 1}.ts`;
    assert.ok(continued || !files.has(file), `Two examples are called ${file}: write "// ${file}, continued"`);
    // Without an import or export, TypeScript would take two examples for one script.
    files.set(file, `${files.get(file) ?? 'export {};\n'}${code}`);
  }
  return files;
}
