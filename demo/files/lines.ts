/** Reads a kept file back by lines, and searches it. Nothing is read that nobody asked for. */
import { restingNowAndThen } from './rest.ts';
import type { LineIndex } from './line-index.ts';
import type { Store } from './store.ts';

export interface Text {
  store: Store;
  index: LineIndex;
}

export interface Line {
  /** Counted from 0. */
  line: number;
  text: string;
  /** How many bytes of it are left out here, because it is so long. */
  cut: number;
}

const newline = 10;
const blockSize = 64 * 1024;
const searchBlockSize = 1024 * 1024;
const longestLine = 1_000;

/** So many lines from this one on, or as many as there are. */
export async function* linesFrom({ store, index }: Text, from: number, count: number, signal: AbortSignal): AsyncGenerator<Line, void> {
  const rest = restingNowAndThen();
  const to = Math.min(from + count, index.lines);
  const { line: known, at: knownAt } = index.before(from);
  let line = known;
  let start = knownAt;
  for (let at = start; line < to && at < store.size && !signal.aborted; at += blockSize) {
    const block = store.read(at, blockSize);
    for (let end = block.indexOf(newline); end >= 0 && line < to; end = block.indexOf(newline, end + 1)) {
      if (line >= from) yield lineAt(store, line, start, at + end);
      line++;
      start = at + end + 1;
    }
    await rest();
  }
  // The last line may have no end.
  if (line >= from && line < to && start < store.size && !signal.aborted) yield lineAt(store, line, start, store.size);
}

function lineAt(store: Store, line: number, start: number, end: number): Line {
  const shown = Math.min(end - start, longestLine);
  // As a stream, so that a character which is cut in two is left out.
  const text = new TextDecoder().decode(store.read(start, shown), { stream: true });
  return { line, text: text.replace(/\r$/, ''), cut: end - start - shown };
}

/** The numbers of the lines that contain this text, one after the other, for as long as somebody asks. */
export async function* linesWith({ store }: Text, text: string, signal: AbortSignal): AsyncGenerator<number, void> {
  const rest = restingNowAndThen();
  // A character for each byte: so a search for characters finds bytes.
  const bytewise = new TextDecoder('windows-1252');
  const needle = bytewise.decode(new TextEncoder().encode(text));
  let line = 0;
  let last = -1;
  for (let at = 0; at < store.size && !signal.aborted; at += searchBlockSize) {
    // What begins in this block may end in the next.
    const block = store.read(at, searchBlockSize + needle.length - 1);
    const characters = bytewise.decode(block);
    let counted = 0;
    for (let match = characters.indexOf(needle); match >= 0; match = characters.indexOf(needle, match + 1)) {
      line += newlinesIn(block, counted, match);
      counted = match;
      if (line === last) continue;
      last = line;
      yield line;
    }
    line += newlinesIn(block, counted, searchBlockSize);
    await rest();
  }
}

function newlinesIn(block: Uint8Array, from: number, to: number): number {
  const end = Math.min(to, block.length);
  let count = 0;
  for (let at = from; at < end; at++) count += Number(block[at] === newline);
  return count;
}
