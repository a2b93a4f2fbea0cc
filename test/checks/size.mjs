// The ceilings of min + gzip, and the README's word for the sizes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { read } from '../support/sources.mjs';
import { measure, table, tableIn } from '../support/sizes.mjs';

const sizes = await measure();

for (const { name, bytes, ceiling } of sizes.filter((size) => size.ceiling)) {
  test(`${name} does not grow over ${ceiling} bytes`, () => {
    assert.ok(bytes <= ceiling, `${name} is ${bytes} bytes, ${bytes - ceiling} over its ceiling`);
    assert.ok(bytes > ceiling - 600, `${name} is ${bytes} bytes: lower its ceiling of ${ceiling} in test/support/sizes.mjs, so that it stays won`);
  });
}

test('who uses no resource does not pay for Comlink, neither a page nor a core', () => {
  const holds = ({ files }) => files.some((file) => file.includes('/comlink/'));
  for (const size of sizes.filter(({ ceiling }) => ceiling)) assert.ok(!holds(size), `${size.name} holds Comlink`);
  assert.ok(sizes.some(holds), 'Nothing holds Comlink, so this would not be seen');
});

test("the README's sizes are the measured ones", () => {
  const told = tableIn(read('README.md'));
  assert.ok(told, 'README.md has no table of sizes: put the output of `npm run size` into it');
  // gzip differs by a few bytes between versions of Node, which may turn a last digit.
  const turned = [-20, 0, 20].map((more) => table(sizes.map((size) => ({ ...size, bytes: size.bytes + more }))).split('\n'));
  told.split('\n').forEach((line, i) => {
    const right = turned.some((lines) => lines[i] === line);
    assert.ok(right, `README.md says "${line}", measured is "${turned[1][i]}": run \`npm run size -- --write\``);
  });
  assert.equal(told.split('\n').length, turned[1].length, 'The table in README.md lacks rows: run `npm run size -- --write`');
});
