// Turns samples into the table: medians, ratios to raw taken round by round, budgets met or not.

export const median = (numbers) => {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The median of each round's own ratio, so that a busy second harms both sides alike. */
export const ratio = (samples, base) => median(samples.map((sample, round) => sample / base[round]));

export function duration(milliseconds) {
  return milliseconds < 1 ? `${(milliseconds * 1_000).toPrecision(3)} µs` : `${Number(milliseconds.toPrecision(3))} ms`;
}

export function bytes(count) {
  const magnitude = Math.abs(count);
  if (magnitude < 1_000) return `${count} B`;
  return magnitude < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** Cells by contender: the median or its rate, and in brackets how many times raw's time. */
export const timeCells = (samples, amount) =>
  mapValues(samples, (own) => `${amount ? rate(amount, median(own)) : duration(median(own))} (${ratio(own, samples.raw).toFixed(2)})`);

function rate({ of, count }, milliseconds) {
  const each = (count / milliseconds) * 1_000;
  if (of === 'bytes') return `${bytes(each)}/s`;
  return each < 1e6 ? `${(each / 1e3).toPrecision(3)} k/s` : `${(each / 1e6).toPrecision(3)} M/s`;
}

export const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/**
 * Such as `≤ 1.15 × raw: 1.02 (best 1.01), met`. The ratio of the best times tells work from waiting: on a busy
 * machine the medians hold the neighbours' work too.
 */
export function timeVerdicts({ raw, comlink }, samples) {
  if (!samples.Corral) return [];
  const verdicts = [];
  if (raw) {
    const toRaw = compare(samples.Corral, samples.raw);
    verdicts.push(`≤ ${raw.toFixed(2)} × raw: ${toRaw.text}, ${met(toRaw.median <= raw)}`);
  }
  if (comlink) {
    const faster = compare(samples.Comlink, samples.Corral);
    verdicts.push(`≥ ${comlink} × faster than Comlink: ${faster.text}, ${met(faster.median >= comlink)}`);
  }
  return verdicts;
}

function compare(samples, base) {
  const best = Math.min(...samples) / Math.min(...base);
  return { median: ratio(samples, base), text: `${ratio(samples, base).toFixed(2)} (best ${best.toFixed(2)})` };
}

export const met = (holds) => (holds ? 'met' : 'NOT MET');

/** A Markdown table, padded so that it reads well in a terminal too. */
export function markdown(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
