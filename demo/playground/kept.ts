/** What a visitor typed, kept for as long as the tab is: a reload or the Back button finds it again. */
import { isProject, type Project } from './project.ts';

export interface Kept {
  /** What was typed at this address, if it is still there. */
  find(address: string): Project | undefined;
  keep(address: string, project: Project): void;
  forget(address: string): void;
}

const KEY = 'corral-playground';
/** So many projects, and so many characters for all of them; the oldest go first. */
const MOST = 20;
const LARGEST = 1_000_000;

type Stored = readonly [address: string, project: Project];

/** Without storage, or when it is full, nothing is kept and nothing is said: the playground is as useful as before. */
export function createKept(): Kept {
  function read(): Stored[] {
    try {
      const found: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
      return Array.isArray(found) ? found.filter(isStored) : [];
    } catch {
      return [];
    }
  }

  function write(all: Stored[]): void {
    const texts = all.slice(-MOST).map((one) => JSON.stringify(one));
    while (texts.join().length > LARGEST) texts.shift();
    try {
      if (texts.length > 0) sessionStorage.setItem(KEY, `[${texts.join()}]`);
      else sessionStorage.removeItem(KEY);
    } catch {
      // A browser may have no storage for this page, or no room in it.
    }
  }

  const others = (address: string): Stored[] => read().filter(([one]) => one !== address);

  return {
    find: (address) => read().find(([one]) => one === address)?.[1],
    keep: (address, project) => write([...others(address), [address, project]]),
    forget: (address) => write(others(address)),
  };
}

/** Any page of this origin may have written there. */
function isStored(value: unknown): value is Stored {
  return Array.isArray(value) && typeof value[0] === 'string' && isProject(value[1]);
}
