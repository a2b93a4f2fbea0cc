/** The messages panel: Corral's inspector, attached to each thread of the project. */
import type { CorralInspector } from 'corral/devtools';

export interface MessagesPanel {
  /** Lets go of what ran before. */
  begin(): void;
  attach(file: string, port: MessagePort): void;
}

export function createMessages(panel: HTMLElement): MessagesPanel {
  const ends = new Map<string, () => void>();
  const inspector = document.createElement('corral-inspector') as CorralInspector;
  // This page's own connection, to the type checker, is none of the project's.
  inspector.setAttribute('attached-only', '');
  // Everything else can be there before it.
  const defined = import('corral/devtools').then(() => void panel.append(inspector));

  function end(file: string): void {
    ends.get(file)?.();
    ends.delete(file);
  }

  return {
    async begin() {
      await defined;
      for (const file of [...ends.keys()]) end(file);
      inspector.clear();
    },
    async attach(file, port) {
      await defined;
      // Another core in the place of one that was lost.
      end(file);
      ends.set(file, inspector.attach(port, file.replace(/\.ts$/, '')));
    },
  };
}
