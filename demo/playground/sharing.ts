/** The buttons that take a project elsewhere: as a link, as a zip. */
import type { Project } from './project.ts';
import { toHash } from './share.ts';

export interface SharingOptions {
  project(): Project;
  title(): string;
  /** Tells the visitor why it could not be done. */
  say(sentence: string): void;
}

export function createSharing({ project, title, say }: SharingOptions): { share(): void; download(): Promise<void> } {
  const dialog = document.getElementById('shared') as HTMLDialogElement;
  const link = document.getElementById('link') as HTMLInputElement;
  const copied = document.getElementById('copied')!;

  link.addEventListener('focus', () => link.select());
  document.getElementById('copy')!.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      copied.textContent = 'Copied.';
    } catch {
      link.select();
      copied.textContent = 'This browser does not let pages copy. The link is selected: copy it with the keyboard.';
    }
  });

  return {
    share() {
      try {
        const url = new URL(location.href);
        url.hash = `code=${toHash(project())}`;
        link.value = url.href;
        copied.textContent = `${url.href.length.toLocaleString('en')} characters`;
        dialog.showModal();
      } catch (error) {
        say((error as Error).message);
      }
    },
    async download() {
      const { toZip } = await import('./download.ts');
      const { name, bytes } = toZip(project(), title());
      const anchor = document.createElement('a');
      anchor.href = URL.createObjectURL(new Blob([bytes as BlobPart], { type: 'application/zip' }));
      anchor.download = name;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
    },
  };
}
