/** Ready-made scopes for the two arguments that most need one: a path and a URL. A core that uses none does not pay for them. */
import * as v from 'valibot';
import { CorralError } from '../wire/errors.ts';
import type { ScopeDeclaration } from './declare/command.ts';
import { matchesGlob } from './glob.ts';

/** An entry as it was read: a pattern made ready. */
export interface Covering {
  covers(text: string): boolean;
}

/**
 * Limits a command by a path in its argument: `{ path: '/public/**' }`. `*` stands for any run of characters inside one
 * name, `**` for any run of names. Case counts, and `*` matches a name that begins with a dot. What is not written in the
 * one plain way (`..`, `.`, `//`, `\`, a percent escape, a look-alike, a scheme) is covered by nothing, and the command never runs.
 */
export function pathScope<Key extends string = 'path'>(
  key: Key = 'path' as Key,
): ScopeDeclaration<v.GenericSchema<{ path: string }, Covering>, { readonly [K in Key]: string }> {
  const plain = v.pipe(v.string(), v.check((path) => namesOf(path) !== undefined, 'Expected a plain path'));
  return {
    schema: v.pipe(v.strictObject({ path: plain }), v.transform(({ path }) => ({ covers: pathMatcher(path) }))),
    matches: ({ covers }, args) => covers(insistOn(namesOf, args[key])),
  };
}

/**
 * Limits a command by a URL in its argument: `{ url: 'https://*.example.org/api/*' }`. Scheme and port are exact; the host
 * is exact, or `*.` and all below, or `*`; in the path `*` stands for any run of characters, slashes too. Query and fragment do not count. A
 * URL that logs in, or hides a slash in its path, is covered by nothing, and the command never runs.
 */
export function urlScope<Key extends string = 'url'>(
  key: Key = 'url' as Key,
): ScopeDeclaration<v.GenericSchema<{ url: string }, Covering>, { readonly [K in Key]: string }> {
  const plain = v.pipe(v.string(), v.check((url) => partsOf(url, PATTERN) !== undefined, 'Expected an origin and a path, e.g. `https://*.example.org/api/*`'));
  return {
    schema: v.pipe(v.strictObject({ url: plain }), v.transform(({ url }) => ({ covers: urlMatcher(url) }))),
    matches: ({ covers }, args) => covers(insistOn(partsOf, args[key])),
  };
}

/** Whether the pattern covers the path, and both are plain. */
export function matchesPath(pattern: string, path: string): boolean {
  return pathMatcher(pattern)(path);
}

/** Whether the pattern covers the URL, and both are plain. */
export function matchesUrl(pattern: string, url: string): boolean {
  return urlMatcher(pattern)(url);
}

/** A denial must not be passed by because nobody could read what it was asked about. */
function insistOn(read: (text: string) => unknown, text: string): string {
  if (read(text) === undefined) throw new CorralError<string>('NOT_PLAIN', 'There is more than one way to read this.', undefined);
  return text;
}

// Paths

/** What the look-alikes of a dot, a slash, a percent sign and a colon turn into, when something that is not careful reads them. */
const STRUCTURE = /[^./\\%:]/g;

/** The names of a path that can be read in one way only; undefined for any other. */
function namesOf(path: string): string[] | undefined {
  if (typeof path !== 'string' || path === '') return undefined;
  // Invisible characters, halves of characters, backslashes and their like; escapes; schemes and drives.
  const folded = path.normalize('NFKC');
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\\u2044\u2215\u2216\u29f5\u29f8]|%[\da-f]{2}/iu.test(path) || /^[a-z][a-z\d+.-]*:/i.test(folded)) return undefined;
  if (path.normalize('NFC') !== path || folded.replace(STRUCTURE, '') !== path.replace(STRUCTURE, '')) return undefined;
  const inside = path.replace(/^\//, '').replace(/\/$/, '');
  const names = inside === '' ? [] : inside.split('/');
  // Some file systems drop the dots and spaces at the end of a name.
  return names.some((name) => /[. ]$|^$/.test(name)) ? undefined : names;
}

function pathMatcher(pattern: string): (path: string) => boolean {
  const globs = namesOf(pattern);
  // `/public/**` is what is inside, not `/public` itself.
  if (globs?.at(-1) === '**') globs.push('*');
  return (path) => {
    const names = namesOf(path);
    return names !== undefined && globs !== undefined && pattern.startsWith('/') === path.startsWith('/') && matchesNames(globs, names);
  };
}

function matchesNames(globs: readonly string[], names: readonly string[]): boolean {
  let [glob, name] = [0, 0];
  /** Where to go on when a name does not fit: behind the last `**`, which then stands for one name more. */
  let back: [glob: number, name: number] | undefined;
  while (name < names.length) {
    if (globs[glob] === '**') back = [++glob, name];
    else if (glob < globs.length && matchesGlob(globs[glob] as string, names[name] as string)) [glob, name] = [glob + 1, name + 1];
    else if (back) [glob, name] = [back[0], ++back[1]];
    else return false;
  }
  while (globs[glob] === '**') glob++;
  return glob === globs.length;
}

// URLs

interface Parts {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
}

/** No wildcard but `*`, and none in the scheme, in the port, or inside the host. */
const PATTERN = /^[a-z][a-z\d+.-]*:\/\/(?:\*|(?:\*\.)?[^\s*/?#:@\\]+)(?::\d+)?\/[^?#\\]*$/i;

/** The parts of a URL that can be read in one way only; undefined for any other. `form` is what a pattern has to look like. */
function partsOf(url: string, form = /^/): Parts | undefined {
  if (typeof url !== 'string' || !form.test(url)) return undefined;
  const host = /^[^/]*\/\/(\*(?:\.|(?=[:/])))/.exec(url)?.[1];
  // A wildcard is no part of a host name for the URL parser, so a plain name stands in.
  const readable = form === PATTERN && host ? url.replace(host, host === '*' ? 'any.invalid' : '') : url;
  if (!URL.canParse(readable)) return undefined;
  const { protocol, hostname, port, pathname, username, password } = new URL(readable);
  // An escaped slash, backslash, percent or control character is read by some servers and not by others; so is a double slash.
  if (username || password || hostname === '' || hostname.endsWith('.') || /%(?:2f|5c|25|[01]|7f)|\/\//i.test(pathname)) return undefined;
  // Letters, digits and `-._~` mean the same escaped (RFC 3986, 6.2.2.2); other escapes are upper case.
  const path = pathname.replace(/%[\da-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[\w\-.~]/.test(character) ? character : escape.toUpperCase();
  });
  return { protocol, hostname: form !== PATTERN || !host ? hostname : host === '*' ? '*' : `*.${hostname}`, port, pathname: path };
}

/** The platform's, where it has one. */
const Pattern = (globalThis as { URLPattern?: new (parts: object) => { test(parts: object): boolean } }).URLPattern;

function urlMatcher(pattern: string): (url: string) => boolean {
  const wanted = partsOf(pattern, PATTERN);
  if (!wanted) return () => false;
  const escaped = wanted.pathname.replace(/[:(){}?+\\]/g, '\\$&');
  const compiled = Pattern && new Pattern({ ...wanted, protocol: wanted.protocol.slice(0, -1), pathname: escaped });
  return (url) => {
    const found = partsOf(url);
    if (!found) return false;
    if (compiled) return compiled.test({ ...found, protocol: found.protocol.slice(0, -1) });
    const { protocol, hostname, port, pathname } = wanted;
    return found.protocol === protocol && found.port === port && matchesGlob(hostname, found.hostname) && matchesGlob(pathname, found.pathname);
  };
}
