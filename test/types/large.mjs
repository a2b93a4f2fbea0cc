// Generates an app with 300 commands, checks that its types hold, and prints what they cost: `node test/types/large.mjs`.
// The figures are of the fastest of several runs: what else the machine does can only add. With `--once` each app is compiled once, and nothing is printed: a test.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.cache/large');
const groups = 30;
const commandsEach = 10;
const once = process.argv.includes('--once');
const rounds = once ? 1 : 7;

const many = `${groups * commandsEach} commands`;
const rows = {
  'one command': { core: core(1, 1, declared), page: page(1, 1) },
  [`the schemas of ${many}, without Corral`]: { core: core(groups, commandsEach, schemas), page: 'export {};\n' },
  [`${many}, declared`]: { core: core(groups, commandsEach, declared), page: page(1, 1) },
  [`${many}, declared and called in both forms`]: { core: core(groups, commandsEach, declared), page: page(groups, commandsEach) },
};

const measured = Object.entries(rows).map(([name, app], index) => [name, measure(String(index), app)]);
if (!once) console.log(table());
rmSync(folder, { recursive: true });

function table() {
  const lines = measured.map(([name, { check, total, types, instantiations, memory }]) => {
    const [thousandTypes, thousandInstantiations] = [types, instantiations].map((count) => Math.round(count / 1_000));
    return `| ${name} | ${check.toFixed(2)} s | ${total.toFixed(2)} s | ${thousandTypes} k | ${thousandInstantiations} k | ${Math.round(memory / 1_024)} MB |`;
  });
  return ['| app | check | total | types | instantiations | memory |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}

/** Each command has a shape of its own, so that nothing can be looked up from a command before it. */
function schemas(group, n) {
  return `{
      args: v.object({ id${group}: v.number(), text: v.pipe(v.string(), v.minLength(${n + 1})), tags${n}: v.optional(v.array(v.string()), []) }),
      returns: v.object({ id${group}: v.number(), done${n}: v.boolean() }),
      errors: { FULL_${group}_${n}: v.object({ limit${n}: v.number() }) },
    }`;
}

function declared(group, n) {
  const handler = `({ id${group}, tags${n} }, { fail }) => (tags${n}.length > 9 ? fail('FULL_${group}_${n}', { limit${n}: 9 }) : { id${group}, done${n}: true })`;
  return `command(${schemas(group, n).replace(/}$/, `  handler: ${handler},\n    }`)})`;
}

function core(groups, commandsEach, write) {
  const body = times(groups, (group) => {
    const commands = times(commandsEach, (n) => `    run${n}: ${write(group, n)},`);
    return `  group${group}: {\n${commands.join('\n')}\n  },`;
  }).join('\n');
  const tree = `{\n${body}\n}`;
  const value = write === schemas ? tree : `createCore({ name: 'large', commands: ${tree} })`;
  return `import * as v from 'valibot';
import { command, createCore } from 'corral/core';
export const large = ${value};
export type Large = typeof large;
export { command, createCore };
`;
}

function page(groups, commandsEach) {
  const call = (group, n) => `  const a${group}_${n} = await invoke.group${group}.run${n}({ id${group}: 1, text: 'x' });
  const b${group}_${n}: typeof a${group}_${n} = await invoke('group${group}.run${n}', { id${group}: a${group}_${n}.id${group}, text: 'x', tags${n}: ['y'] });
  const c${group}_${n} = (error: CallError<Large, 'group${group}.run${n}'>) => error.code === 'FULL_${group}_${n}' && error.details.limit${n};
  // @ts-expect-error a field is missing
  void invoke.group${group}.run${n}({ id${group}: b${group}_${n}.done${n} ? 1 : 2 });
  void c${group}_${n};`;
  return `import { connect, type CallError } from 'corral';
import type { Large } from './core.ts';
const { invoke } = connect<Large>(() => new Worker('core.js'));
export async function calls(): Promise<void> {
${times(groups, (group) => times(commandsEach, (n) => call(group, n)).join('\n')).join('\n')}
}
`;
}

/** Throws with the compiler's words if the app does not compile. */
function measure(name, { core, page }) {
  const app = join(folder, name);
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, 'core.ts'), core);
  writeFileSync(join(app, 'page.ts'), page);
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { types: [] }, include: ['*.ts'], exclude: [] };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(config));
  const runs = times(rounds, () => diagnostics(app));
  return runs.reduce((fastest, run) => (run.total < fastest.total ? run : fastest));
}

function diagnostics(app) {
  let text;
  try {
    text = execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', app, '--extendedDiagnostics', '--pretty', 'false'], { encoding: 'utf8' });
  } catch (error) {
    throw new Error(`The app in ${app} does not compile:\n${error.stdout}`);
  }
  const of = (label) => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(text)?.[1]);
  return { check: of('Check time'), total: of('Total time'), types: of('Types'), instantiations: of('Instantiations'), memory: of('Memory used') };
}

function times(count, make) {
  return Array.from({ length: count }, (_, index) => make(index));
}
