// The page without a build: the README shows the file that the site serves.
import assert from 'node:assert/strict';
import test from 'node:test';
import { read } from '../support/sources.mjs';

test('the README shows demo/script-tag/app.html as it is, and both the version of now', () => {
  const [, shown = ''] = /^```html\n([\s\S]*?)^```$/m.exec(read('README.md')) ?? [];
  const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);
  const [wanted, app] = [lines(shown), lines(read('demo/script-tag/app.html'))];
  assert.ok(wanted.length > 20, 'README.md shows no page without a build');
  assert.deepEqual(wanted.filter((line) => !app.includes(line)), []);
  const { version } = JSON.parse(read('package.json'));
  for (const file of ['README.md', 'demo/script-tag/app.html', 'demo/script-tag/core.js']) {
    const named = new Set(read(file).match(/(?<=corral-)\d+\.\d+\.\d+(?=\/)/g));
    assert.deepEqual([...named], [version], `${file} names the folder of another version`);
  }
});
