/** Search as you type: names that contain a text, and names spelled nearly so. */
import { type City, cityAt, type Index, rowsBetweenYields, type Work } from './engine.ts';
import { fold } from './fold.ts';

export interface Found {
  /** The best, at most as many as asked for: names that begin so, words that do, names that contain it, and typos. */
  best: City[];
  /** Every city whose name contains the text or, if none does, those spelled alike. The largest first. */
  matches: Uint32Array<ArrayBuffer>;
  /** True if no name contains the text, so that all `matches` are only spelled alike. */
  onlyAlike: boolean;
}

/** Looks for the text in the names; where too few contain it, also for names spelled alike. */
export function* search(index: Index, query: string, limit: number): Work<Found> {
  const text = fold(query);
  if (text === '') return { best: [], matches: new Uint32Array(0), onlyAlike: false };
  const { ranks, tiers } = yield* containing(index, text);

  const best: number[] = [];
  for (let tier = 0; tier < 3; tier++) {
    for (let n = 0; n < ranks.length && best.length < limit; n++) if (tiers[n] === tier) best.push(ranks[n]!);
  }
  const alike = best.length < limit ? yield* spelledAlike(index, text, new Set(ranks)) : [];
  best.push(...alike.slice(0, limit - best.length));

  const onlyAlike = ranks.length === 0;
  // Alike names come in order of likeness; a map wants the largest first, as everywhere.
  const matches = Uint32Array.from(onlyAlike ? alike : ranks).sort();
  return { best: best.map((rank) => cityAt(index, rank)), matches, onlyAlike };
}

/** The cities whose folded name contains the text; tier 0 where the name begins with it, 1 where a word does, else 2. */
export function* containing(index: Index, text: string): Work<{ ranks: number[]; tiers: number[] }> {
  const ranks: number[] = [];
  const tiers: number[] = [];
  let rank = 0;
  let nextYield = rowsBetweenYields;
  for (let at = index.text.indexOf(text); at >= 0; ) {
    while (index.starts[rank + 1]! <= at) rank++;
    const start = index.starts[rank]!;
    const wordBegins = at === start || index.text[at - 1] === ' ';
    // A later place in the same name may be the start of a word: 'an' in 'San Antonio'.
    const later = wordBegins ? -1 : index.text.indexOf(` ${text}`, at);
    ranks.push(rank);
    tiers.push(at === start ? 0 : wordBegins || (later >= 0 && later < index.starts[rank + 1]!) ? 1 : 2);
    at = index.text.indexOf(text, index.starts[rank + 1]!);
    if (rank < nextYield) continue;
    nextYield = rank + rowsBetweenYields;
    yield rank / index.size;
  }
  return { ranks, tiers };
}

/** Cities where a word begins with the text but for a typo or two, the fewest typos first, then the largest. */
function* spelledAlike(index: Index, text: string, known: ReadonlySet<number>): Work<number[]> {
  const allowed = text.length < 4 ? 0 : text.length < 8 ? 1 : 2;
  const byTypos: number[][] = Array.from({ length: allowed + 1 }, () => []);
  if (allowed === 0) return [];
  const typos = typoCounter(index.text, text);
  for (let rank = 0; rank < index.size; rank++) {
    if (rank % rowsBetweenYields === 0) yield rank / index.size;
    const count = typos(index.starts[rank]!, index.starts[rank + 1]! - 1);
    if (count <= allowed && !known.has(rank)) byTypos[count]!.push(rank);
  }
  return byTypos.flat();
}

/**
 * Counts the typos (a letter missing, added or wrong, two letters swapped) between the pattern and the beginning of the
 * word that needs the fewest. This is the optimal string alignment distance, a column of its table a letter.
 */
function typoCounter(text: string, pattern: string): (from: number, to: number) => number {
  const length = pattern.length;
  const letters = Uint16Array.from(pattern, (_, at) => pattern.charCodeAt(at));
  const space = 32;
  let current = new Uint8Array(length + 1);
  let previous = new Uint8Array(length + 1);
  let beforePrevious = new Uint8Array(length + 1);

  return (from, to) => {
    let fewest = length;
    let before = space;
    for (let row = 0; row <= length; row++) current[row] = row;
    for (let at = from; at < to; at++) {
      const letter = text.charCodeAt(at);
      [beforePrevious, previous, current] = [previous, current, beforePrevious];
      // A new word begins behind a space, and there the pattern begins again, at no cost.
      current[0] = letter === space ? 0 : previous[0]! + 1;
      for (let row = 1; row <= length; row++) {
        const same = letters[row - 1] === letter;
        let cost = previous[row - 1]! + (same ? 0 : 1);
        if (previous[row]! + 1 < cost) cost = previous[row]! + 1;
        if (current[row - 1]! + 1 < cost) cost = current[row - 1]! + 1;
        if (row > 1 && at > from && letters[row - 2] === letter && letters[row - 1] === before) {
          const swapped = beforePrevious[row - 2]! + 1;
          if (swapped < cost) cost = swapped;
        }
        current[row] = cost;
      }
      if (current[length]! < fewest) fewest = current[length]!;
      before = letter;
    }
    return fewest;
  };
}
