/** What the playground does and does not, for who opens its help. */

const TEXT = `
<p>Edit <code>core.ts</code> and <code>page.ts</code>, then run them: a new frame, and in it a new worker. Everything is compiled in this browser; this page sends nothing anywhere.</p>
<ul>
  <li><kbd>Ctrl</kbd>+<kbd>Enter</kbd> (on a Mac <kbd>⌘</kbd>+<kbd>Enter</kbd>) runs. <kbd>Tab</kbd> indents; <kbd>Esc</kbd>, then <kbd>Tab</kbd>, leaves the editor. <kbd>Ctrl</kbd>+<kbd>Space</kbd> completes, once types are loaded.</li>
  <li><strong>Messages</strong> shows every call, event and refusal twice: as the page or a guest saw it, and as the core did.</li>
  <li>Imports: <code>corral</code>, <code>corral/core</code>, <code>valibot</code>, and types of <code>./core.ts</code>. A page without an <code>index.html</code> shows what it prints.</li>
  <li>The preview is sandboxed and has no origin, so there is no storage, no lock and no shared worker in it. Corral does without: a core that is killed is missed after half a minute here, and within milliseconds on a page of your own.</li>
  <li><strong>Stop</strong> removes the frame and its workers, whatever they do. A loop on the page has the same thread as this site, so after two seconds without a pause it is stopped with an error. One long call (a regular expression, sorting millions) cannot be.</li>
  <li>What you type is kept for this tab, so a reload or the Back button finds it; <strong>Reset</strong> forgets it.</li>
  <li>A link from <strong>Share</strong> holds the project itself. A project that came with a link does not run before you say so.</li>
</ul>
`;

export function createHelp(panel: HTMLElement): void {
  panel.innerHTML = TEXT;
}
