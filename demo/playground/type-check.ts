/** Type errors, completion and explanations, from a core that is started when somebody first goes into an editor. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Diagnostic } from '@codemirror/lint';
import { connect, type Connection } from 'corral';
import type { Desk } from './desk.ts';
import type { TypeSupport } from './editor.ts';
import { fileNames, type FileName, type Project } from './project.ts';
import type { Types } from './types-core.ts';

export interface TypeCheckOptions {
  /** Where it says how far it is. */
  readonly status: HTMLElement;
  readonly desk: Desk;
}

export interface TypeCheck {
  /** Starts the checker, the first time. */
  load(): Promise<void>;
  /** Checks these files a moment later, if the checker runs. */
  check(project: Project): void;
}

/** TypeScript and the declarations, gzipped; a test holds the built files against it. */
const WEIGHT = '1.2 MB';
const PAUSE = 300;

export function createTypeCheck({ status, desk }: TypeCheckOptions): TypeCheck {
  let latest: Project = { 'core.ts': '', 'page.ts': '' };
  let connection: Connection<Types> | undefined;
  let isReady = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checking = new AbortController();

  status.textContent = `Types: loaded when you edit (${WEIGHT})`;

  async function load(): Promise<void> {
    if (connection) return;
    status.textContent = `Types: loading ${WEIGHT}…`;
    connection = connect<Types>(() => new Worker(new URL('./types-core.ts', import.meta.url), { type: 'module' }));
    try {
      const { default: declarations } = await import('virtual:playground/types');
      await connection.invoke.install(declarations);
      isReady = true;
      desk.support(supportOf(connection));
      await checkNow();
    } catch (error) {
      status.textContent = `Types: not available. ${(error as Error).message}`;
    }
  }

  async function checkNow(): Promise<void> {
    if (!connection || !isReady) return;
    checking.abort();
    const { signal } = (checking = new AbortController());
    try {
      const found = await connection.invoke.check(scriptsOf(latest), { signal });
      for (const file of fileNames) desk.markTypes(file, found.filter((one) => one.file === file).map(({ from, to, message }): Diagnostic => ({ from, to, message, severity: 'error', source: 'TypeScript' })));
      status.textContent = found.length === 0 ? 'Types: no errors' : `Types: ${found.length} ${found.length === 1 ? 'error' : 'errors'}`;
    } catch (error) {
      if (!signal.aborted) status.textContent = `Types: not available. ${(error as Error).message}`;
    }
  }

  return {
    load,
    check(project) {
      latest = project;
      clearTimeout(timer);
      timer = setTimeout(() => void checkNow(), PAUSE);
    },
  };
}

function scriptsOf(project: Project): Record<string, string> {
  return Object.fromEntries(Object.entries(project).filter(([name]) => name.endsWith('.ts')));
}

function supportOf({ invoke }: Connection<Types>): TypeSupport {
  return {
    complete: (file: FileName) => async (context: CompletionContext): Promise<CompletionResult | null> => {
      const word = context.matchBefore(/[\w$]*/);
      const before = context.state.sliceDoc(Math.max(0, (word?.from ?? context.pos) - 1), word?.from ?? context.pos);
      if (!context.explicit && word?.text === '' && !/[.'"]/.test(before)) return null;
      const found = await invoke.complete({ file, at: context.pos, text: context.state.doc.toString() });
      if (found.length === 0) return null;
      const options = found.map(({ label, kind }): Completion => ({ label, type: KINDS[kind] ?? 'variable' }));
      return { from: word?.from ?? context.pos, options, validFor: /^[\w$]*$/ };
    },
    explain: (file) => async (_view, at) => {
      const found = await invoke.explain({ file, at });
      if (!found) return null;
      return {
        pos: found.from,
        end: found.to,
        above: true,
        create: () => {
          const dom = document.createElement('div');
          dom.append(part('type', found.type));
          if (found.documentation) dom.append(part('documentation', found.documentation));
          return { dom };
        },
      };
    },
  };
}

/** TypeScript's kinds as CodeMirror's icons. */
const KINDS: Readonly<Record<string, string>> = {
  method: 'method',
  property: 'property',
  function: 'function',
  'local function': 'function',
  const: 'constant',
  let: 'variable',
  class: 'class',
  interface: 'interface',
  type: 'type',
  keyword: 'keyword',
  string: 'text',
};

function part(className: string, text: string): HTMLElement {
  const made = document.createElement('div');
  made.className = className;
  made.textContent = text;
  return made;
}
