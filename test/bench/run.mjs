// `npm run bench`: Corral beside raw postMessage and its peers, in one browser, in one run. Never fails on a figure.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { launch, openBench } from './browser.mjs';
import { memoryKept, memoryOfStream } from './memory.mjs';
import { profile } from './profile.mjs';
import { serveBench } from './serve.mjs';
import { sizes } from './sizes.mjs';
import { bytes, duration, mapValues, markdown, median, met, timeCells, timeVerdicts } from './table.mjs';

const { values: flags } = parseArgs({
  options: {
    firefox: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    json: { type: 'boolean' },
    profile: { type: 'string' },
    inspected: { type: 'boolean' },
    limited: { type: 'boolean' },
  },
});

/** Thousands of calls for the memory row; a leak shows in a tenth of them, so the slower peers get that. */
const thousands = { Corral: 1_000 };
const fewerThousands = 100;
/** A quarter of a byte for each call: less than anything a call could leave behind. */
const memoryNoise = 250_000;
const streamed = 10_000_000;
/** A byte for each item, for what comes and goes between collection and look: no item is as small. */
const streamNoise = 10_000_000;
const sizeBudget = { page: 4_000, worker: 6_000 };

/** Corral under another condition, beside itself. */
const variant = ['inspected', 'limited'].find((name) => flags[name]);

const say = flags.json ? () => {} : console.log;
const began = Date.now();
const { address, stop } = await serveBench({ minify: !flags.profile });
const browser = await launch({ firefox: flags.firefox });
try {
  if (flags.profile) say((await profile(browser, address, flags.profile)).join('\n'));
  else await table();
} finally {
  await browser.close();
  stop();
}

async function table() {
  const where = variant ? `${address}?${variant}` : address;
  let page = await openBench(browser, where);
  const contenders = await page.evaluate(() => bench.contenders);
  const workloads = await page.evaluate(() => bench.workloads);
  checkOnly([...workloads.map(({ name }) => name), 'memory', 'stream-memory', 'size']);
  const machine = {
    date: new Date().toISOString(),
    browser: await browser.version(),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    load: loadavg()[0],
  };
  say(`${machine.browser}, ${machine.cores} cores (${machine.processor}), load ${machine.load}, ${machine.date}`);

  const rows = [];
  for (const workload of workloads.filter(({ name }) => wanted(name))) {
    rows.push(await timeRow(page, workload));
    if (!flags.inspected) continue;
    // An inspector that was opened stays: the next row begins without.
    await page.close();
    page = await openBench(browser, where);
  }
  await page.close();
  if (wanted('memory') && !flags.firefox) rows.push(await memoryRow(contenders));
  if (wanted('stream-memory') && !flags.firefox) rows.push(await streamMemoryRow());
  if (wanted('size')) rows.push(...(await sizeRows()));

  if (flags.json) console.log(JSON.stringify({ machine, rows }, undefined, 2));
  else print(contenders, rows);
}

function checkOnly(rows) {
  const unknown = flags.only?.find((row) => !rows.includes(row));
  if (unknown) throw new Error(`--only ${unknown}: the rows are ${rows.join(', ')}.`);
}

function wanted(row) {
  return (flags.only ?? (variant ? ['sequential', 'burst'] : undefined))?.includes(row) ?? true;
}

async function timeRow(page, { name, title, budget, amount }) {
  const rounds = flags.rounds ? Number(flags.rounds) : undefined;
  const samples = await page.evaluate((row, count) => bench.row(row, count), name, rounds);
  say(`${title}: done`);
  const slow = Object.entries(samples).filter(([, own]) => own.length < samples.raw.length);
  const notes = slow.map(([who, own]) => [who, `so slow that it ran ${own.length} of ${samples.raw.length} rounds`]);
  const verdicts = timeVerdicts(budget, samples);
  return { name, title, streams: amount !== undefined, cells: timeCells(samples, amount), verdicts, notes: Object.fromEntries(notes), samples };
}

async function memoryRow(contenders) {
  const title = 'memory kept after 1,000,000 calls';
  const row = { name: 'memory', title, cells: {}, verdicts: [], notes: {}, samples: {} };
  for (const { name, streamsOnly } of contenders) {
    if (streamsOnly) continue;
    const kept = await memoryKept(browser, address, name, thousands[name] ?? fewerThousands);
    if (!thousands[name]) row.notes[name] = `after ${fewerThousands},000 calls`;
    row.samples[name] = kept;
    row.cells[name] = bytes(kept.page + kept.worker);
  }
  const { page, worker } = row.samples.Corral;
  row.verdicts.push(`no growth (< ${bytes(memoryNoise)}): ${row.cells.Corral}, ${met(page + worker < memoryNoise)}`);
  say(`${title}: done`);
  return row;
}

/** Corral's alone: what posts everything at once holds everything. */
async function streamMemoryRow() {
  const title = `memory held while a stream of ${streamed.toLocaleString('en')} items is read`;
  const samples = await memoryOfStream(browser, address, 'Corral', streamed);
  const held = Math.max(...samples.during.map(({ page, worker }) => page + worker));
  const kept = samples.after.page + samples.after.worker;
  const seen = `${bytes(held)} at most in ${samples.during.length} looks, ${bytes(kept)} after its end`;
  say(`${title}: done`);
  return {
    name: 'stream-memory',
    title,
    streams: true,
    cells: { Corral: bytes(held) },
    verdicts: [`no growth (< ${bytes(streamNoise)}, then < ${bytes(memoryNoise)}): ${seen}, ${met(held < streamNoise && kept < memoryNoise)}`],
    notes: {},
    samples: { Corral: samples },
  };
}

async function sizeRows() {
  const measured = await sizes();
  return [sizeRow(measured, 'page', 'client'), sizeRow(measured, 'worker', 'core')];
}

function sizeRow(measured, side, what) {
  const budget = sizeBudget[side];
  const own = measured.Corral[side];
  const full = bytes(measured['Corral with valibot'][side]);
  return {
    name: 'size',
    title: `size of the ${side}'s side, min + gzip`,
    cells: mapValues(measured, (sides) => bytes(sides[side])),
    verdicts: [`${what} ≤ ${bytes(budget)}: ${bytes(own)} (with valibot ${full}), ${met(own <= budget)}`],
    notes: {},
    samples: measured,
  };
}

function print(contenders, rows) {
  const notes = [];
  const numberOf = (note) => (notes.includes(note) ? notes.indexOf(note) + 1 : notes.push(note));
  const cell = (row, { name, notes: own }) => {
    const numbers = [own[row.name], row.notes[name]].filter(Boolean).map(numberOf);
    return `${row.cells[name] ?? '–'}${numbers.length ? ` [${numbers.join(', ')}]` : ''}`;
  };
  // Streams have a table of their own: they have other contenders.
  for (const group of [rows.filter(({ streams }) => !streams), rows.filter(({ streams }) => streams)]) {
    const able = contenders.filter(({ name }) => group.some(({ cells }) => name in cells));
    if (group.length === 0) continue;
    say('');
    say(markdown(['', ...able.map(({ name }) => name)], group.map((row) => [row.title, ...able.map((contender) => cell(row, contender))])));
  }
  say('\nMedian of the times, for streams as a rate; in brackets the median of the ratios of times to raw, taken round by round.');
  for (const [index, note] of notes.entries()) say(`[${index + 1}] ${note}`);
  say('');
  const budgets = rows.flatMap(({ title, verdicts }) => verdicts.map((verdict) => [title, verdict]));
  say(markdown(['work', 'budget and figure'], budgets));
  sayInARow(rows);
  say(`\n${((Date.now() - began) / 1_000).toFixed(0)} s in all`);
}

/** The burst row compares with 1,000 raw round trips that are all under way at once; this, with a queue of them. */
function sayInARow(rows) {
  const [one, burst] = ['sequential', 'burst'].map((name) => rows.find((row) => row.name === name)?.samples);
  if (!one || !burst) return;
  const queue = 1_000 * median(one.raw);
  const share = (median(burst.Corral) / queue).toFixed(2);
  say(`\n1,000 raw ping-pongs in a row take ${duration(queue)}; Corral's 1,000 at once take ${share} of that.`);
}
