/** A CodeMirror editor that shows one file of the project at a time. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { typescriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers, type HoverTooltipSource, hoverTooltip } from '@codemirror/view';
import { colours } from './colours.ts';
import type { FileName, Place } from './project.ts';

export interface EditorOptions {
  onChange(file: FileName, text: string): void;
  onFocus(): void;
}

/** What a type checker gives to an editor. */
export interface TypeSupport {
  complete(file: FileName): CompletionSource;
  explain(file: FileName): HoverTooltipSource;
}

export interface Editor {
  /** Shows the file; what was done to it before can still be undone. */
  show(file: FileName): void;
  /** Begins anew with these files. */
  reset(files: ReadonlyMap<FileName, string>): void;
  mark(file: FileName, diagnostics: readonly Diagnostic[]): void;
  goTo(place: Place): void;
  support(types: TypeSupport): void;
  readonly file: FileName | undefined;
}

export function createEditor(parent: HTMLElement, { onChange, onFocus }: EditorOptions): Editor {
  const states = new Map<FileName, EditorState>();
  const marks = new Map<FileName, readonly Diagnostic[]>();
  const typed = new Compartment();
  let types: TypeSupport | undefined;
  let shown: FileName | undefined;
  const view = new EditorView({ parent });

  function begin(file: FileName, text: string): EditorState {
    return EditorState.create({ doc: text, extensions: [extensions(file), typed.of(typesFor(file))] });
  }

  function extensions(file: FileName): Extension {
    const update = EditorView.updateListener.of(({ docChanged, state, focusChanged, view: one }) => {
      if (docChanged) onChange(file, state.doc.toString());
      if (focusChanged && one.hasFocus) onFocus();
    });
    const label = EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': `${file}. Press Escape, then Tab, to leave the editor.` });
    return [common, file.endsWith('.ts') ? typescriptLanguage : [], update, label];
  }

  function typesFor(file: FileName): Extension {
    if (!types || !file.endsWith('.ts')) return [];
    return [autocompletion({ override: [types.complete(file)], icons: false }), hoverTooltip(types.explain(file))];
  }

  function keep(): void {
    if (shown) states.set(shown, view.state);
  }

  function show(file: FileName): void {
    if (file === shown) return;
    const state = states.get(file);
    if (!state) return;
    keep();
    shown = file;
    view.setState(state);
    view.dispatch({ effects: typed.reconfigure(typesFor(file)) });
    draw(file);
  }

  function draw(file: FileName): void {
    if (file !== shown) return;
    const { length } = view.state.doc;
    const within = (at: number): number => Math.min(at, length);
    view.dispatch(setDiagnostics(view.state, (marks.get(file) ?? []).map((one) => ({ ...one, from: within(one.from), to: within(one.to) }))));
  }

  return {
    show,
    reset(files) {
      const again = shown !== undefined && files.has(shown) ? shown : files.keys().next().value;
      states.clear();
      marks.clear();
      shown = undefined;
      for (const [file, text] of files) states.set(file, begin(file, text));
      if (again) show(again);
    },
    mark(file, diagnostics) {
      marks.set(file, diagnostics);
      draw(file);
    },
    goTo({ file, line, column }) {
      show(file as FileName);
      const { doc } = view.state;
      const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const at = Math.min(from + Math.max(column - 1, 0), to);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      view.focus();
    },
    support(support) {
      types = support;
      if (shown) view.dispatch({ effects: typed.reconfigure(typesFor(shown)) });
    },
    get file() {
      return shown;
    },
  };
}

/** The diagnostic for a place: the word that begins there. */
export function diagnosticAt(text: string, { line, column }: Place, message: string): Diagnostic {
  const lines = text.split('\n');
  const row = lines[line - 1] ?? '';
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const from = Math.min(start + Math.min(Math.max(column - 1, 0), row.length), text.length);
  const word = /^[\w$]+/.exec(row.slice(column - 1))?.[0].length ?? 1;
  return { from, to: Math.min(from + word, text.length), severity: 'error', message };
}

const common: Extension = [
  lineNumbers(),
  lintGutter(),
  highlightSpecialChars(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  syntaxHighlighting(colours),
  EditorState.tabSize.of(2),
  EditorView.lineWrapping,
  keymap.of([...closeBracketsKeymap, ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'), ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
];
