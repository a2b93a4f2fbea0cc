/** What the playground and its preview say to each other. */

/** What a document of the preview is told to run. */
export interface Load {
  /** The text of this runtime, for the workers and frames of the document. */
  readonly runtime: string;
  /** Compiled files by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What is in the body; without one, the document shows what its script prints. */
  readonly html: string | undefined;
  readonly entry: string;
  /** Script-tag builds of Corral, by file name. */
  readonly globals: Readonly<Record<string, string>>;
}

/** A place in a compiled file, both counted from one; columns of the first line include the head. */
export interface RawPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** It is a place of the file as it was written. */
  readonly isOriginal?: true;
}

export type Level = 'debug' | 'info' | 'log' | 'warn' | 'error';

/** What was printed, or went wrong, and in which file's thread. */
export interface Line {
  readonly level: Level;
  readonly from: string;
  readonly text: string;
  readonly place: RawPlace | undefined;
  /** Nobody caught it. */
  readonly uncaught?: true;
}

/** Or, with a port beside it: a file's thread can be inspected. */
export type Report = Line | { readonly inspect: string };

export type Tell = (report: Report, transfer?: Transferable[]) => void;

/** More text than this is cut off when it is printed. */
export const LONGEST = 10_000;

/** Compiled code begins in this column of its script's first line. */
export const HEAD = 256;

/** Stands for the folder that the files are in. */
export const BASE = 'https://playground.invalid/';

/** The script of a compiled file. The head is padded, so that everybody knows where the code begins. */
export function scriptOf(file: string, code: string, first = ''): string {
  const head = `${first}$playground.run(${JSON.stringify(file)},async(require,exports,$importMeta,$loop,$await)=>{`;
  return `${head.padEnd(HEAD)}${code}\n});\n//# sourceURL=${file}`;
}

/** A document that waits for its `Load`. */
export function shellOf(runtime: string): string {
  // The parser of HTML would see the end of the script in a string of it.
  const script = runtime.replace(/<(?=\/script|!--)/gi, '\\x3c');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Preview</title><style>${style}</style><script>${script}</script></head><body></body></html>`;
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif; background: light-dark(#ffffff, #1c1a16); color: light-dark(#1e1b17, #f1ece4); }
body { margin: 0; padding: 1rem; }
button, input, select { font: inherit; }
button { min-height: 2.5rem; padding: 0.35rem 0.9rem; border: 1px solid light-dark(#cfc7bb, #4a453d); border-radius: 8px; background: light-dark(#f8f5f0, #26231e); color: inherit; font-weight: 600; cursor: pointer; }
button:hover:enabled { border-color: light-dark(#b4481e, #ff9a5e); }
button:disabled { opacity: 0.55; cursor: default; }
input:not([type]), input[type=text], input[type=number] { min-height: 2.5rem; padding: 0.3rem 0.7rem; border: 1px solid light-dark(#8d857a, #6d665c); border-radius: 8px; background: transparent; color: inherit; max-width: 100%; box-sizing: border-box; }
input[type=range], progress { width: 100%; accent-color: light-dark(#b4481e, #ff9a5e); }
:focus-visible { outline: 3px solid light-dark(#b4481e, #ff9a5e); outline-offset: 2px; }
p, ul, ol, form { margin: 0 0 0.75rem; }
iframe { width: 100%; border: 1px solid light-dark(#e5dfd6, #34302a); border-radius: 8px; }
pre, code { font: 14px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.printed > span { display: block; padding: 0.15rem 0; }
pre.printed > .error { color: light-dark(#b3261e, #f2857b); }
`;
