/** What the reference knows of an export. */
import type { CodeLink } from '../highlight.ts';

export type Kind = 'function' | 'class' | 'interface' | 'type' | 'constant';

export interface Signature {
  readonly text: string;
  readonly links: readonly CodeLink[];
}

export interface Member {
  readonly name: string;
  readonly signatures: readonly Signature[];
  readonly docs: string;
}

export interface Entry {
  /** `corral/core.serve`; its address on the page. */
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly signatures: readonly Signature[];
  readonly docs: string;
  readonly members: readonly Member[];
  /** Where it is declared, for who wants to read on. */
  readonly file: string;
}

export interface Door {
  /** As one imports it: `corral/core`. */
  readonly name: string;
  readonly docs: string;
  readonly entries: readonly Entry[];
  /** Exports that an earlier door has, too: their names and where they are told. */
  readonly shared: readonly { readonly name: string; readonly id: string }[];
}

export interface Reference {
  readonly doors: readonly Door[];
  /** Types that the signatures name, and that no door exports. */
  readonly behind: readonly Entry[];
}
