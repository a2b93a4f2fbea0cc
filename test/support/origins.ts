/** The two origins that serve the tests' files; a page of the one is a stranger to the other. */
const told = globalThis as { otherOrigin?: string };

/** The same files on another port, for cross-origin frames and workers. Known to the page that runs the tests only. */
export function otherOrigin(): string {
  if (told.otherOrigin === undefined) throw new Error('Only the page that runs the tests knows the other origin');
  return told.otherOrigin;
}
