/** For tests whose point is an uncaught error: keeps it from Mocha, and says what it was. */
import { atEnd } from '../support/corral.ts';

/** The messages of all uncaught errors of this page from now to the end of the test. */
export function collectUncaught(): string[] {
  const messages: string[] = [];
  // Mocha listens as `onerror`; a second listener could not stop it in every engine.
  const { onerror } = window;
  window.onerror = (_event, _source, _line, _column, error) => {
    messages.push(String(error));
    return true;
  };
  atEnd(() => (window.onerror = onerror));
  return messages;
}
