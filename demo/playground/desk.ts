/** The two editors: the core's file on one side, the page's files in tabs on the other. */
import type { Diagnostic } from '@codemirror/lint';
import { createEditor, diagnosticAt, type Editor, type TypeSupport } from './editor.ts';
import { fileNames, filesOf, isFileName, type FileName, type Mistake, type Place, type Project } from './project.ts';
import { createTabs } from './tabs.ts';

export interface DeskOptions {
  readonly core: HTMLElement;
  readonly page: HTMLElement;
  /** Where the tabs of the page's files are. */
  readonly files: HTMLElement;
  onChange(file: FileName, text: string): void;
  onFocus(): void;
}

export interface Desk {
  open(project: Project): void;
  goTo(place: Place): void;
  /** What keeps the project from running, or went wrong while it ran. Until the file is edited. */
  mark(mistakes: readonly Mistake[]): void;
  /** What the type checker says of a file. */
  markTypes(file: FileName, diagnostics: readonly Diagnostic[]): void;
  support(types: TypeSupport): void;
}

export function createDesk({ core, page, files, onChange, onFocus }: DeskOptions): Desk {
  const texts = new Map<FileName, string>();
  const ran = new Map<FileName, readonly Diagnostic[]>();
  const typed = new Map<FileName, readonly Diagnostic[]>();
  const change = (file: FileName, text: string): void => {
    texts.set(file, text);
    // CodeMirror moves what is marked along with the text, but not what it is about.
    ran.delete(file);
    onChange(file, text);
  };
  const editors = [core, page].map((parent) => createEditor(parent, { onChange: change, onFocus })) as [Editor, Editor];
  const tabs = createTabs(files, (id) => editors[1].show(id as FileName));

  function editorOf(file: FileName): Editor {
    return editors[file === 'core.ts' ? 0 : 1];
  }

  function draw(file: FileName): void {
    editorOf(file).mark(file, [...(ran.get(file) ?? []), ...(typed.get(file) ?? [])]);
  }

  return {
    open(project) {
      const names = filesOf(project);
      for (const map of [texts, ran, typed]) map.clear();
      for (const name of names) texts.set(name, project[name] ?? '');
      const part = (isCore: boolean): Map<FileName, string> => new Map([...texts].filter(([name]) => (name === 'core.ts') === isCore));
      editors[0].reset(part(true));
      editors[1].reset(part(false));
      const ids = names.filter((name) => name !== 'core.ts');
      tabs.set(ids.map((id) => ({ id, label: id, panel: 'page-editor' })), editors[1].file ?? 'page.ts');
    },
    goTo(place) {
      if (!isFileName(place.file)) return;
      if (place.file !== 'core.ts') tabs.select(place.file);
      editorOf(place.file).goTo(place);
    },
    mark(mistakes) {
      ran.clear();
      for (const { message, place } of mistakes) {
        if (!place || !isFileName(place.file)) continue;
        const diagnostic = diagnosticAt(texts.get(place.file) ?? '', place, message);
        ran.set(place.file, [...(ran.get(place.file) ?? []), diagnostic]);
      }
      for (const file of fileNames) if (texts.has(file)) draw(file);
    },
    markTypes(file, diagnostics) {
      typed.set(file, diagnostics);
      draw(file);
    },
    support: (types) => editors.forEach((editor) => editor.support(types)),
  };
}
