/** The packed declarations, as TypeScript consumers meet them: no `skipLibCheck`, one thread's library at a time. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { install } from './support.mjs';

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const resolutions = {
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
  nodenext: ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
};
const libraries = { page: 'DOM', core: 'WebWorker' };

describe('TypeScript', () => {
  let app;
  before(async () => {
    app = await install();
  });
  after(() => app?.remove());

  for (const [name, flags] of Object.entries(resolutions)) {
    for (const [side, library] of Object.entries(libraries)) {
      it(`compiles a ${side} with lib ${library} and moduleResolution ${name}`, async () => {
        assert.equal(await complaints(['-p', join(app.folder, 'typescript', `tsconfig.${side}.json`), ...flags]), '');
      });
    }
  }

  it('writes declarations of modules that export cores, plugins and connections', async () => {
    const folder = join(app.folder, 'typescript');
    const flags = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', join(app.folder, 'declarations')];
    assert.equal(await complaints(['-p', join(folder, 'tsconfig.exported.json'), ...flags]), '');
  });
});

function complaints(args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...args], (_error, output, trouble) => resolve(output + trouble));
  });
}
