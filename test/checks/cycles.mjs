// No file in src/ imports itself by way of others: which of them ran first would be an accident. Types may go round.
import assert from 'node:assert/strict';
import test from 'node:test';
import { filesIn, importsOf } from '../support/sources.mjs';

test('src/ has no import cycle', () => {
  const done = new Set();
  for (const file of filesIn('src')) visit(file, []);

  function visit(file, trail) {
    const cycle = trail.includes(file) ? [...trail.slice(trail.indexOf(file)), file] : [];
    assert.equal(cycle.length, 0, `An import cycle: ${cycle.join(' -> ')}`);
    if (done.has(file)) return;
    for (const { path, type } of importsOf(file)) if (path && !type) visit(path, [...trail, file]);
    done.add(file);
  }
});
