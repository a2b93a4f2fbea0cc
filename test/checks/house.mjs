// The habits of the house that a machine can see.
import test from 'node:test';
import { codeOf, filesIn, none, read } from '../support/sources.mjs';

const code = () => ['src', 'test', 'demo'].flatMap((folder) => filesIn(folder, ['.ts', '.mjs']));

test('no test is skipped, focused or postponed', () => {
  const pattern = /\b(?:it|test|describe|suite|this|t)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(|\b(?:skip|only): true/;
  none(code().filter((file) => pattern.test(codeOf(file))), 'A skipped or focused test proves nothing');
});

test('nothing is left to do later, and no type error is ignored without a reason', () => {
  const pattern = /\b(?:TO[D]O|FIX[M]E|XX[X])\b|@ts-[i]gnore|@ts-[n]ocheck|@ts-expect-error[ \t]*$/m;
  none(code().filter((file) => pattern.test(read(file))), 'Do it now, or open an issue');
});

test('no file is longer than 300 lines', () => {
  const long = code().filter((file) => read(file).split('\n').length > 301);
  none(long, 'A long file has two purposes: give each its own file');
});

test('file names are kebab-case', () => {
  const odd = code().filter((file) => !/^(?:[a-z0-9]+-)*[a-z0-9]+(?:\.[a-z0-9-]+)*\.(?:ts|mjs)$/.test(file.split('/').at(-1)));
  none(odd, 'These names are not kebab-case');
});

test('each file in src/ starts with a sentence that says what it is for', () => {
  const mute = filesIn('src').filter((file) => !/^\/\*\* \S[^\n]*\./.test(read(file)));
  none(mute, 'These begin without `/** What this is for. */`');
});
