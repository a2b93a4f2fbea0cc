// BROWSERS=chromium,firefox,webkit npm test: these must run. Without BROWSERS: Chromium, and each other engine found.
import { defaultReporter } from '@web/test-runner';
import { collector, istanbul } from './test/support/coverage.mjs';
import { launchers } from './test/support/launchers.mjs';
import { headers, odd, secondOrigin, typescript } from './test/support/serving.mjs';
import { totals } from './test/support/totals.mjs';

const coverage = process.argv.includes('--coverage');
const wanted = process.env.BROWSERS?.split(',');

const browsers = [];
for (const [name, find] of Object.entries(launchers)) {
  if (wanted && !wanted.includes(name)) continue;
  const launcher = await find();
  if (launcher) browsers.push(launcher);
  else if (wanted || name === 'chromium') throw new Error(`No ${name} found: see "Testing" in CONTRIBUTING.md`);
  else console.log(`${name}: not found on this machine, left out`);
}
const unknown = wanted?.filter((name) => !(name in launchers));
if (unknown?.length) throw new Error(`BROWSERS names ${unknown.join(', ')}; known are ${Object.keys(launchers).join(', ')}`);

const other = secondOrigin();

export default {
  files: ['test/**/*.test.ts', '!test/consumers/**'],
  nodeResolve: { exportConditions: ['source', 'development'] },
  browsers,
  reporters: [defaultReporter(), totals],
  concurrency: 1,
  concurrentBrowsers: 1,
  middleware: [headers, odd],
  plugins: coverage ? [istanbul, typescript, other] : [typescript, other],
  testRunnerHtml: (framework) => other.page(framework, coverage ? collector : ''),
  // A busy machine starts workers slowly, and gives a long file's tests their turn late. Whoever passes waits for none of these.
  testFramework: { config: { timeout: 60_000 } },
  browserStartTimeout: 120_000,
  testsStartTimeout: 120_000,
  testsFinishTimeout: 900_000,
  ...(coverage && {
    coverageConfig: { nativeInstrumentation: false, include: ['src/**/*.ts'], reporters: ['text', 'lcovonly'] },
  }),
};
