// Runs everything: types, build, checks, browser tests, consumer apps. Ends with the line 'N passed, N failed'.
//   npm test -- --only types,web      some steps only: types, build, checks, web, consumers
//   npm test -- --files test/client   browser tests in this folder, or matching this glob, only
// BROWSERS=chromium,firefox,webkit makes these engines required; without it, those found on this machine run.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

process.chdir(join(import.meta.dirname, '..'));

const { values } = parseArgs({ options: { only: { type: 'string' }, files: { type: 'string' } } });
const files = values.files && (values.files.includes('.test.ts') ? values.files : join(values.files, '**/*.test.ts'));

/** By its path: the playground's TypeScript brings a `tsc` of its own. */
const tsc = ['node', 'node_modules/typescript/bin/tsc'];

/** Each step's commands; a command that prints no sums counts as one test. */
const steps = {
  types: [
    [...tsc, '-p', '.'],
    [...tsc, '-p', 'src/core'],
    [...tsc, '-p', 'tsconfig.node.json'],
    ['node', 'test/types/large.mjs', '--once'],
  ],
  build: [['npm', 'run', 'build', '--silent']],
  checks: [nodeTest('test/checks', '.mjs')],
  web: [['web-test-runner', ...(files ? ['--files', files] : [])]],
  consumers: existsSync('test/consumers') ? [nodeTest('test/consumers', '.test.mjs')] : [],
};

const unknown = (values.only?.split(',') ?? []).filter((name) => !(name in steps));
if (unknown.length) throw new Error(`--only names ${unknown.join(', ')}; known are ${Object.keys(steps).join(', ')}`);
const wanted = values.only?.split(',') ?? (files ? ['web'] : Object.keys(steps));

const total = { passed: 0, failed: 0 };
for (const [name, commands] of Object.entries(steps)) {
  if (!wanted.includes(name)) continue;
  for (const command of commands) {
    console.log(`\n# ${name}: ${command.slice(0, 3).join(' ')}`);
    const { passed, failed } = await run(command);
    total.passed += passed;
    total.failed += failed;
  }
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed ? 1 : 0;

function nodeTest(folder, ending) {
  const found = readdirSync(folder).filter((file) => file.endsWith(ending));
  return ['node', '--test', '--test-reporter=spec', '--test-concurrency=1', ...found.map((file) => join(folder, file))];
}

/** Runs a command, shows its output as it comes, and counts what passed and failed in it. */
async function run([command, ...args]) {
  const bin = join('node_modules', '.bin', command);
  const child = spawn(existsSync(bin) ? bin : command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  const sums = count(output) ?? (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  // A runner that fails without a failed test (nothing found to run, a crash) has failed once.
  return code !== 0 && sums.failed === 0 ? { ...sums, failed: 1 } : sums;
}

function count(output) {
  const web = /^web tests: (\d+) passed, (\d+) failed$/m.exec(output);
  if (web) return { passed: Number(web[1]), failed: Number(web[2]) };
  const of = (word) => Number(new RegExp(`^. ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN);
  const passed = of('pass');
  // A skipped or cancelled test proves nothing: it counts as failed.
  return Number.isNaN(passed) ? undefined : { passed, failed: of('fail') + of('cancelled') + of('skipped') + of('todo') };
}
