/** Puts a project into a link, and reads it back. */
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { isProject, type Project } from './project.ts';

/** Longer links are cut off by some programs that people send them with. */
const LONGEST = 16_000;
/** A few characters can be made to inflate to gigabytes. */
const LARGEST = 1_000_000;

/** Returns what follows `#code=`. Throws a RangeError whose message is for the visitor if the project is too large. */
export function toHash(project: Project): string {
  const packed = base64url(deflateSync(strToU8(JSON.stringify(project)), { level: 9 }));
  if (packed.length > LONGEST) {
    throw new RangeError(`This project makes a link of ${packed.length.toLocaleString('en')} characters; ${LONGEST.toLocaleString('en')} is the most that is sure to arrive whole. Download it instead.`);
  }
  return packed;
}

/** Reads what `toHash` wrote. Throws an Error whose message is for the visitor if it is anything else. */
export function fromHash(packed: string): Project {
  const wrong = new Error('This link does not hold a project. It may have been cut off: ask for it again, or start from an example.');
  let read: unknown;
  try {
    if (packed.length > LONGEST) throw wrong;
    const bytes = inflateSync(bytesOf(packed), { out: new Uint8Array(LARGEST) });
    read = JSON.parse(strFromU8(bytes));
  } catch (cause) {
    throw new Error(wrong.message, { cause });
  }
  if (!isProject(read)) throw wrong;
  return read;
}

function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}
