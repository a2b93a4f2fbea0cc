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

type SyntaxNode = ReturnType<typeof typescriptLanguage.parser.parse>['topNode'];

/** A piece of text that was put in, so that what follows it on its line has moved. */
interface Insert {
  readonly at: number;
  readonly text: string;
}

/** In the wrapping function's scope, as the runtime gives them. `$importMeta` is as long as what it stands for. */
const META = '$importMeta';
const GUARD = '$loop();';

/** Where a promise is awaited is where its failure is shown: a rejection from elsewhere has no line of the file in its stack. */
const AWAITED = '$await';

/**
 * Imports become calls of `require`, so that the same text runs as a classic script: Chromium starts no module worker
 * from a blob in a frame without an origin. Loops outside the core are counted, because they can freeze this site.
 */
export function compile(file: FileName, source: string): Compiled | Mistake {
  const inserts = insertsFor(source, file !== 'core.ts');
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

function insertsFor(source: string, guarded: boolean): Insert[] {
  const inserts: Insert[] = [];
  typescriptLanguage.parser.parse(source).iterate({
    enter({ node }) {
      const [part, isBlock] = wrapped(node, guarded);
      if (!part) return;
      if (node.name === 'AwaitExpression') inserts.push({ at: part.from, text: `${AWAITED}(${placeOf(source, node.from)},` });
      else inserts.push(isBlock ? { at: part.from + 1, text: GUARD } : { at: part.from, text: `{${GUARD}` });
    },
    leave({ node }) {
      const [part, isBlock] = wrapped(node, guarded);
      if (part && !isBlock) inserts.push({ at: part.to, text: node.name === 'AwaitExpression' ? ')' : '}' });
    },
  });
  // What is at one place stays in the order of the tree: the inner one ends first.
  return inserts.sort((one, other) => one.at - other.at);
}

/** The part of a loop or of an `await` that something is put around, and whether it is a block, which needs no end. */
function wrapped(node: SyntaxNode, guarded: boolean): [part?: SyntaxNode, isBlock?: boolean] {
  const isLoop = guarded && /^(?:For|While|Do)Statement$/.test(node.name);
  if (!isLoop && node.name !== 'AwaitExpression') return [];
  const part = node.name === 'DoStatement' ? node.firstChild?.nextSibling : node.lastChild;
  return part && !part.type.isError ? [part, isLoop && part.name === 'Block'] : [];
}

function placeOf(source: string, at: number): string {
  const lines = source.slice(0, at).split('\n');
  return `${lines.length},${(lines.at(-1)?.length ?? 0) + 1}`;
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
