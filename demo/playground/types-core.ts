/** TypeScript's language service as a Corral core: it has the project's files and the declarations, and answers about them. */
import { command, createCore, serve } from 'corral/core';
import ts from 'typescript-js';
import * as v from 'valibot';

const FOLDER = '/project/';
const texts = v.record(v.string(), v.string());
const spot = v.object({ file: v.string(), at: v.number() });

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts', 'lib.esnext.disposable.d.ts'],
  types: [],
  strict: true,
  noEmit: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** What is installed, and never changes. */
const installed = new Map<string, string>();
const files = new Map<string, { text: string; version: number }>();
let version = 0;

const read = (path: string): string | undefined => files.get(path)?.text ?? installed.get(path);

const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [...files.keys()],
  getScriptVersion: (path) => String(files.get(path)?.version ?? 0),
  getScriptSnapshot: (path) => {
    const text = read(path);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => FOLDER,
  getDefaultLibFileName: () => '/lib/lib.es2023.d.ts',
  fileExists: (path) => read(path) !== undefined,
  readFile: read,
  directoryExists: (path) => [...installed.keys(), ...files.keys()].some((one) => one.startsWith(`${path.replace(/\/$/, '')}/`)),
  getDirectories: () => [],
});

const types = createCore({
  name: 'types',
  commands: {
    install: command({
      args: texts,
      handler: (declarations) => {
        for (const [path, text] of Object.entries(declarations)) installed.set(path, text);
      },
    }),
    /** What is wrong in these files, which take the place of those before. */
    check: command({
      args: texts,
      handler: (project) => {
        update(project);
        return [...files.keys()].flatMap((path) => mistakesIn(path));
      },
    }),
    complete: command({ args: v.object({ ...spot.entries, text: v.string() }), handler: complete }),
    explain: command({ args: spot, handler: explain }),
  },
});

export type Types = typeof types;
serve(types);

function update(project: Record<string, string>): void {
  for (const path of files.keys()) if (!(path.slice(FOLDER.length) in project)) files.delete(path);
  for (const [name, text] of Object.entries(project)) put(name, text);
}

function put(name: string, text: string): void {
  const path = FOLDER + name;
  if (files.get(path)?.text !== text) files.set(path, { text, version: ++version });
}

interface Found {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

function mistakesIn(path: string): Found[] {
  const all = [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)];
  return all.map(({ start = 0, length = 0, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    return { file: path.slice(FOLDER.length), from: start, to: start + length, message };
  });
}

function complete({ file, at, text }: { file: string; at: number; text: string }): { label: string; kind: string }[] {
  put(file, text);
  const found = service.getCompletionsAtPosition(FOLDER + file, at, { includeCompletionsForModuleExports: false });
  return (found?.entries ?? []).slice(0, 500).map(({ name, kind }) => ({ label: name, kind }));
}

function explain({ file, at }: { file: string; at: number }): { from: number; to: number; type: string; documentation: string } | undefined {
  const found = files.has(FOLDER + file) ? service.getQuickInfoAtPosition(FOLDER + file, at) : undefined;
  if (!found) return undefined;
  const { start, length } = found.textSpan;
  const type = ts.displayPartsToString(found.displayParts).slice(0, 1_500);
  return { from: start, to: start + length, type, documentation: ts.displayPartsToString(found.documentation) };
}
