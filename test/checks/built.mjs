// What is shipped: the built files in dist/, the types, and the packed package.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { root } from '../support/sources.mjs';

for (const [name, global] of [['corral.global.js', 'Corral'], ['corral-core.global.js', 'Corral'], ['corral-devtools.global.js', 'CorralDevtools']]) {
  test(`${name} is ASCII, bears its licence and defines ${global}`, () => {
    const file = join(root, 'dist', name);
    assert.ok(existsSync(file), `There is no dist/${name}: run npm run build first`);
    const bytes = readFileSync(file);
    const at = bytes.findIndex((byte) => byte > 127);
    assert.equal(at, -1, `dist/${name} has a byte that is not ASCII at ${at}: a page without a charset would misread it`);
    assert.match(bytes.toString(), new RegExp(`^/\\*! Corral \\d+\\.\\d+\\.\\d+ \\| MIT License .*\\*/\nvar ${global}=`));
  });
}

test('publint finds nothing to say about the package', () => clean('publint', '--strict'));

test('the types are found and right for every importer of ES modules', () => {
  // The script-tag builds define a global: there is nothing to import from them.
  const scripts = ['./dist/corral.global.js', './dist/corral-core.global.js', './dist/corral-devtools.global.js'];
  return clean('attw', '--pack', '.', '--profile', 'esm-only', '--exclude-entrypoints', ...scripts);
});

async function clean(command, ...args) {
  const run = promisify(execFile)(join(root, 'node_modules/.bin', command), args, { cwd: root });
  const { failed, output } = await run.then(
    () => ({ failed: false }),
    (error) => ({ failed: true, output: `${error.stdout}${error.stderr}` }),
  );
  assert.equal(failed, false, `${command} has found faults:\n${output}`);
}
