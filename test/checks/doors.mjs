// The package's exports are its doors: one file in src/ for each, with re-exports only.
import assert from 'node:assert/strict';
import test from 'node:test';
import { codeOf, doors, read } from '../support/sources.mjs';

test('package.json exports every door of src/, in the same way, and nothing else', () => {
  const expected = Object.fromEntries(
    doors().map((file) => {
      const name = file.slice('src/'.length, -'.ts'.length);
      const paths = { source: `./src/${name}.ts`, types: `./dist/types/${name}.d.ts`, default: `./dist/${name}.js` };
      return [name === 'client' ? '.' : `./${name}`, paths];
    }),
  );
  for (const file of ['./dist/corral.global.js', './dist/corral-core.global.js', './dist/corral-devtools.global.js', './package.json']) expected[file] = file;
  assert.deepEqual(JSON.parse(read('package.json')).exports, expected);
});

test('a door holds re-exports only', () => {
  for (const file of [...doors(), 'src/core-global.ts']) {
    const rest = codeOf(file).replace(/export (?:type )?(?:\*(?: as \w+)?|\{[^}]*\}) from '[^']+';/g, '');
    assert.equal(rest.trim(), '', `${file} holds more than re-exports`);
  }
});
