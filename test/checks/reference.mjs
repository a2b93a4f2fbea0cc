// What the API reference is made of: every export of a door says what it promises.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { runnerImport } from 'vite';
import { none, root } from '../support/sources.mjs';

const { module } = await runnerImport(join(root, 'demo/site/reference/read.ts'));
const { doors } = module.readReference();

test('every export of a door has a docstring', () => {
  const entries = doors.flatMap(({ entries: own }) => own);
  assert.ok(entries.length > 50, 'The reference knows almost nothing: has the form of the doors changed?');
  none(entries.filter(({ docs }) => !docs).map(({ id, file }) => `${id} (${file})`), 'These say nothing in the reference');
});
