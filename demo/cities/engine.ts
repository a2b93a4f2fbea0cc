/** The engine behind the core: ranks and indexes the cities. Pure functions, no thread, no timer. */
import type { Columns } from './data.ts';
import { fold } from './fold.ts';
import { project } from './projection.ts';
import { growSphereTree, type SphereTree } from './sphere-tree.ts';

/** Long work: yields the share done now and then, so that whoever runs it may rest, report or give up in between. */
export type Work<Result> = Generator<number, Result>;

/** The columns in the order of their population, and what makes them quick to ask. A city's number is its rank. */
export interface Index extends Columns {
  size: number;
  /** All folded names, one a line; the line of city n starts at `starts[n]`. */
  text: string;
  starts: Uint32Array;
  tree: SphereTree;
}

export interface City {
  rank: number;
  name: string;
  /** ISO 3166 code of two letters. */
  country: string;
  population: number;
  lat: number;
  lon: number;
  capital: boolean;
}

/** How many cities long work looks at between two yields. */
export const rowsBetweenYields = 2048;

/** Ranks the cities, folds their names, grows the tree. */
export function* buildIndex(columns: Columns): Work<Index> {
  const size = columns.names.length;
  const { population, names } = columns;
  const ranking = new Uint32Array(size).map((_, row) => row);
  ranking.sort((a, b) => population[b]! - population[a]! || (names[a]! < names[b]! ? -1 : 1));
  yield 0.2;

  const byRank = <Column extends Float64Array | Uint8Array>(column: Column): Column =>
    column.map((_, rank) => column[ranking[rank]!]!) as Column;
  const ranked: Columns = {
    countries: columns.countries,
    names: Array.from(ranking, (row) => names[row]!),
    country: byRank(columns.country),
    capital: byRank(columns.capital),
    population: byRank(population),
    lat: byRank(columns.lat),
    lon: byRank(columns.lon),
  };

  const lines: string[] = [];
  const starts = new Uint32Array(size + 1);
  for (let rank = 0; rank < size; rank++) {
    const line = fold(ranked.names[rank]!);
    starts[rank + 1] = starts[rank]! + line.length + 1;
    lines.push(line);
    if (rank % rowsBetweenYields === 0) yield 0.2 + (0.4 * rank) / size;
  }

  const growth = growSphereTree(ranked.lat, ranked.lon);
  for (let step = growth.next(); ; step = growth.next()) {
    if (step.done) return { ...ranked, size, text: `${lines.join('\n')}\n`, starts, tree: step.value };
    yield 0.6 + 0.4 * step.value;
  }
}

export function cityAt(index: Index, rank: number): City {
  return {
    rank,
    name: index.names[rank]!,
    country: index.countries[index.country[rank]!]!,
    population: index.population[rank]!,
    lat: index.lat[rank]!,
    lon: index.lon[rank]!,
    capital: index.capital[rank] === 1,
  };
}

/** Places on the map for all cities in order of rank: x, y, x, y, …, each from 0 to 1. */
export function places(index: Index): Float32Array<ArrayBuffer> {
  const points = new Float32Array(2 * index.size);
  for (let rank = 0; rank < index.size; rank++) {
    const { x, y } = project(index.lat[rank]!, index.lon[rank]!);
    points[2 * rank] = x;
    points[2 * rank + 1] = y;
  }
  return points;
}

export interface Near {
  city: City;
  kilometres: number;
}

/** The cities around a place, the nearest first, by great circle. */
export function nearest(index: Index, at: { lat: number; lon: number }, count: number): Near[] {
  return index.tree.nearest(at, count).map(({ point, kilometres }) => ({ city: cityAt(index, point), kilometres }));
}
