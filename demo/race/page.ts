/** Runs the race, row by row, and shows how it stands after each round. */
import { inRounds } from '../../test/bench/rounds.ts';
import { browserName, clockStep, watchTab } from './facts.ts';
import { contenders, rows } from './rows.ts';
import { asText, board, type Samples } from './board.ts';

const find = <Found extends HTMLElement = HTMLElement>(id: string): Found => document.getElementById(id) as Found;
const goButton = find<HTMLButtonElement>('go');
const copyButton = find<HTMLButtonElement>('copy');
const roundsField = find<HTMLSelectElement>('rounds');
const progress = find<HTMLProgressElement>('progress');

const boards = rows.map((row) => board(row, contenders));
find('rows').append(...boards.map(({ section }) => section));
const results = new Map<string, Samples>();
const tab = watchTab((text) => (find('tab').textContent = text));

find('browser').textContent = browserName();
find('cores').textContent = String(navigator.hardwareConcurrency);
find('clock').textContent = `${clockStep()} ms${crossOriginIsolated ? '' : ', finer in isolated pages'}`;
find('development').hidden = !import.meta.env.DEV;

let race: AbortController | undefined;

goButton.addEventListener('click', async () => {
  if (race) return race.abort();
  race = new AbortController();
  goButton.textContent = 'Stop';
  roundsField.disabled = true;
  try {
    say(await run(race.signal));
  } catch (error) {
    say(`It ended: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    race = undefined;
    goButton.textContent = 'Start again';
    roundsField.disabled = false;
    copyButton.disabled = results.size === 0;
  }
});

copyButton.addEventListener('click', async () => {
  const facts = `${browserName()}, ${navigator.hardwareConcurrency} cores, ${new Date().toISOString()}`;
  try {
    await navigator.clipboard.writeText(`${facts}\n\n${asText(rows, contenders, results)}\n`);
    say('Copied.');
  } catch (error) {
    // A page that is not served over https has no clipboard.
    say(`The browser did not let it be copied: ${String(error)}`);
  }
});

async function run(signal: AbortSignal): Promise<string> {
  const rounds = Number(roundsField.value);
  results.clear();
  for (const { clear } of boards) clear();
  for (const [place, { workload }] of rows.entries()) {
    const { show, busy } = boards[place]!;
    busy(true);
    say(`Warming up: ${workload.title}`);
    await breath();
    const afterRound = async (samples: Samples): Promise<void> => {
      const done = samples['raw']!.length;
      show(samples);
      progress.value = (place + done / rounds) / rows.length;
      say(`Round ${Math.min(done + 1, rounds)} of ${rounds}: ${workload.title}`);
      await tab.seen();
      await breath();
    };
    try {
      results.set(workload.name, await inRounds(workload, contenders, { rounds, signal, afterRound, spoiled: tab.wasHidden }));
    } finally {
      busy(false);
    }
    if (signal.aborted) return 'Stopped. What is shown is what was run until then.';
  }
  progress.value = 1;
  return `Done: ${rows.length} kinds of work, ${rounds} rounds each.`;
}

/** Lets the browser paint, so that the next round does not pay for what the last one has shown. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}

function say(text: string): void {
  find('status').textContent = text;
}
