/** Turns a TypeScript file into the body of an asynchronous function, and finds the way back from its columns; lines stay. */
import { typescriptLanguage } from '@codemirror/lang-javascript';
import { transform } from 'sucrase';
import { decodeMappings, type Segment } from './mappings.ts';
import type { FileName, Mistake } from './project.ts';

export interface Compiled {
  readonly code: string;
  /** For each line of the code: where its columns come from, both counted from zero. */
  readonly columns: readonly (readonly Segment[])[];
}

/** A piece of text that was put in, so that what follows it on its line has moved. */
interface Insert {
  readonly at: number;
  readonly text: string;
}

/** In the wrapping function's scope, as the runtime gives them. `$importMeta` is as long as what it stands for. */
const META = '$importMeta';
const GUARD = '$loop();';

/**
 * Imports become calls of `require`, so that the same text runs as a classic script: Chromium starts no module worker
 * from a blob in a frame without an origin. Loops outside the core are counted, because they can freeze this site.
 */
export function compile(file: FileName, source: string): Compiled | Mistake {
  const inserts = file === 'core.ts' ? [] : loopGuards(source);
  try {
    const { code, sourceMap } = transform(withInserts(withMeta(source), inserts), {
      transforms: ['typescript', 'imports'],
      disableESTransforms: true,
      filePath: file,
      sourceMapOptions: { compiledFilename: file },
    });
    const columns = decodeMappings(sourceMap!.mappings);
    return { code, columns: inserts.length === 0 ? columns : columns.map((line, index) => line.map(before(source, inserts, index))) };
  } catch (error) {
    return unreadable(file, source, inserts, error);
  }
}

/** Where a column of the code was in the file, counted from zero. */
export function originalColumn(segments: readonly Segment[] | undefined, column: number): number {
  const found = segments?.findLast(([made]) => made <= column);
  return found ? found[1] : column;
}

function withMeta(source: string): string {
  const tree = typescriptLanguage.parser.parse(source);
  let text = source;
  tree.iterate({
    enter({ name, from, to }) {
      if (name === 'ImportMeta' && to - from === META.length) text = text.slice(0, from) + META + text.slice(to);
    },
  });
  return text;
}

function loopGuards(source: string): Insert[] {
  const inserts: Insert[] = [];
  typescriptLanguage.parser.parse(source).iterate({
    enter({ node }) {
      if (!/^(?:For|While|Do)Statement$/.test(node.name)) return;
      const body = node.name === 'DoStatement' ? node.firstChild?.nextSibling : node.lastChild;
      if (!body || body.type.isError) return;
      if (body.name === 'Block') inserts.push({ at: body.from + 1, text: GUARD });
      else inserts.push({ at: body.from, text: `{${GUARD}` }, { at: body.to, text: '}' });
    },
  });
  return inserts.sort((one, other) => one.at - other.at);
}

function withInserts(source: string, inserts: readonly Insert[]): string {
  return inserts.reduceRight((text, { at, text: put }) => text.slice(0, at) + put + text.slice(at), source);
}

/** Takes out of a segment of that line what was put in before it. */
function before(source: string, inserts: readonly Insert[], line: number): (segment: Segment) => Segment {
  const start = lineStart(source, line);
  return ([made, column]) => [made, withoutInserts(inserts, start, column)];
}

function withoutInserts(inserts: readonly Insert[], start: number, column: number): number {
  let at = start + column;
  for (const { at: put, text } of inserts) {
    if (put < start) continue;
    if (put + text.length > at) break;
    at -= text.length;
  }
  return at - start;
}

function lineStart(source: string, line: number): number {
  let at = 0;
  for (let passed = 0; passed < line; passed++) at = source.indexOf('\n', at) + 1;
  return at;
}

/** Sucrase says where it stopped, in the text with the guards. */
function unreadable(file: FileName, source: string, inserts: readonly Insert[], error: unknown): Mistake {
  const { message, loc } = error as { message: string; loc?: { line: number; column: number } };
  const text = message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '');
  if (!loc) return { message: text, place: { file, line: 1, column: 1 } };
  const column = withoutInserts(inserts, lineStart(source, loc.line - 1), loc.column - 1) + 1;
  return { message: text, place: { file, line: loc.line, column } };
}
