// CPU profiles of page and worker while Corral does one workload, and where the time went.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { openBench } from './browser.mjs';

const milliseconds = 4_000;
const shown = 25;

/** Writes `corral-<workload>-<side>.cpuprofile` to the temporary folder; returns lines to print. */
export async function profile(browser, address, workload) {
  if (workload === 'start') throw new Error('`start` cannot be profiled: its workers end too soon.');
  const page = await openBench(browser, address, { attach: true });
  const repeat = (time) => page.evaluate((name, t) => bench.repeat('Corral', name, t), workload, time);
  await page.evaluate(() => bench.hold('Corral'));
  await repeat(1_000);

  const sessions = { page: await page.createCDPSession(), worker: page.workers()[0].client };
  for (const session of Object.values(sessions)) {
    await session.send('Profiler.enable');
    await session.send('Profiler.setSamplingInterval', { interval: 100 });
    await session.send('Profiler.start');
  }
  await repeat(milliseconds);
  const lines = [];
  for (const [side, session] of Object.entries(sessions)) {
    const { profile } = await session.send('Profiler.stop');
    const file = join(tmpdir(), `corral-${workload}-${side}.cpuprofile`);
    await writeFile(file, JSON.stringify(profile));
    lines.push('', `${side}: ${file}`, ...selfTimes(profile));
  }
  await page.close();
  return lines;
}

function selfTimes({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = frames.get(id);
    const place = url ? `${url.split('/').at(-1)}:${lineNumber + 1}` : '';
    const name = `${functionName || '(anonymous)'} ${place}`;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]);
    total += timeDeltas[index];
  }
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, shown)
    .map(([name, time]) => {
      const share = ((100 * time) / total).toFixed(1);
      return `${share.padStart(6)} %  ${(time / 1_000).toFixed(0).padStart(6)} ms  ${name}`;
    });
}
