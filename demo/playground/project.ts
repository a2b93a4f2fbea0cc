/** A project: the files that a visitor edits, by name. */

/** In the order of their tabs. `core.ts` is the worker; the page is `index.html` and `page.ts`; `guest.ts` runs in a frame. */
export const fileNames = ['core.ts', 'page.ts', 'guest.ts', 'index.html'] as const;
export type FileName = (typeof fileNames)[number];

export type Project = Readonly<Partial<Record<FileName, string>>> & Readonly<Record<'core.ts' | 'page.ts', string>>;

/** A place in a file, both counted from one. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong, and where, if that is known. */
export interface Mistake {
  readonly message: string;
  readonly place?: Place | undefined;
}

export function isFileName(name: string): name is FileName {
  return (fileNames as readonly string[]).includes(name);
}

export function filesOf(project: Project): FileName[] {
  return fileNames.filter((name) => project[name] !== undefined);
}

export function isSame(one: Project, other: Project): boolean {
  return fileNames.every((name) => one[name] === other[name]);
}

/** Whether what came from elsewhere is a project. */
export function isProject(value: unknown): value is Project {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return 'core.ts' in value && 'page.ts' in value && entries.every(([name, text]) => isFileName(name) && typeof text === 'string');
}
