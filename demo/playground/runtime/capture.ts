/** Hears what a thread prints, and what nobody catches in it. */
import { whereAwaited } from './awaited.ts';
import type { Level, Line, RawPlace } from './protocol.ts';
import { showAll } from './show.ts';

const LEVELS: readonly Level[] = ['debug', 'info', 'log', 'warn', 'error'];

/** So many lines of a second are told: a loop that prints without end would fill the memory of who listens. */
const MOST = 1_000;

/** `scripts` names files by the URL that engines know their scripts by. Returns what tells of an error that somebody did catch. */
export function capture(from: string, scripts: ReadonlyMap<string, string>, tellAll: (line: Line) => void): (error: unknown) => void {
  let second = 0;
  let count = 0;
  const tell = (line: Line): void => {
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second && count > MOST) tellAll({ level: 'info', from, text: `${count - MOST} more lines were left out.`, place: undefined });
    if (now !== second) count = 0;
    second = now;
    if (++count <= MOST) tellAll(line);
  };
  const uncaught = (error: unknown): void => tell({ level: 'error', from, text: showAll([error]), place: placeOf(error, Object(error).stack, scripts), uncaught: true });
  for (const level of LEVELS) {
    const print = console[level].bind(console);
    console[level] = (...values: unknown[]) => {
      print(...values);
      const error = level === 'error' ? values.find((value) => value instanceof Error) : undefined;
      tell({ level, from, text: showAll(values), place: error && placeOf(error, error.stack, scripts) });
    };
  }
  addEventListener('error', (event) => {
    const { error, message, filename, lineno, colno } = event as ErrorEvent;
    // A script or an image that is missing is an error of its element.
    if (message === undefined) return;
    const told = showAll([error ?? message]);
    tell({ level: 'error', from, text: told, place: placeOf(error, error?.stack, scripts) ?? placeOf(undefined, `${filename}:${lineno}:${colno}`, scripts), uncaught: true });
  });
  addEventListener('unhandledrejection', (event) => {
    const { reason } = event as PromiseRejectionEvent;
    // A core hears of these itself, and prints them.
    setTimeout(() => {
      if (!event.defaultPrevented) uncaught(reason);
    });
  });
  return uncaught;
}

/** The first line of a stack that is in a file of the visitor's; else where the error was awaited. */
function placeOf(error: unknown, stack: unknown, scripts: ReadonlyMap<string, string>): RawPlace | undefined {
  let text = String(stack);
  for (const [url, file] of scripts) text = text.replaceAll(url, file);
  const found = /\b((?:core|page|guest)\.ts):(\d+):(\d+)/.exec(text);
  if (!found) return whereAwaited(error);
  const [, file = '', line, column] = found;
  return { file, line: Number(line), column: Number(column) };
}
