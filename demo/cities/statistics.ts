/** Sums over the cities, and the loneliest of them. */
import { type City, cityAt, type Index, rowsBetweenYields, type Work } from './engine.ts';
import { fold } from './fold.ts';
import { containing } from './search.ts';

export interface Share {
  cities: number;
  population: number;
}

export interface Statistics extends Share {
  /** The most cities first, then the most people. */
  countries: (Share & { country: string })[];
  /** By size class, the largest first; `from` 0 holds those whose population is unknown. */
  sizes: (Share & { from: number })[];
  hemispheres: { north: Share; south: Share; east: Share; west: Share };
  largest: City | undefined;
  northernmost: City | undefined;
  southernmost: City | undefined;
}

export interface Lonely {
  city: City;
  neighbour: City;
  kilometres: number;
}

const sizeClasses = [10_000_000, 1_000_000, 100_000, 10_000, 1, 0];

/** Adds up all cities, or those whose name contains the text. */
export function* statistics(index: Index, query: string): Work<Statistics> {
  const text = fold(query);
  const chosen = text === '' ? undefined : (yield* containing(index, text)).ranks;
  const count = chosen?.length ?? index.size;
  const none = (): Share => ({ cities: 0, population: 0 });
  const all = none();
  const countries = index.countries.map((country) => ({ country, ...none() }));
  const sizes = sizeClasses.map((from) => ({ from, ...none() }));
  const hemispheres = { north: none(), south: none(), east: none(), west: none() };
  let north = -1;
  let south = -1;

  for (let n = 0; n < count; n++) {
    const rank = chosen ? chosen[n]! : n;
    const population = index.population[rank]!;
    const lat = index.lat[rank]!;
    for (const share of [
      all,
      countries[index.country[rank]!]!,
      sizes.find(({ from }) => population >= from)!,
      lat < 0 ? hemispheres.south : hemispheres.north,
      index.lon[rank]! < 0 ? hemispheres.west : hemispheres.east,
    ]) {
      share.cities++;
      share.population += population;
    }
    if (north < 0 || lat > index.lat[north]!) north = rank;
    if (south < 0 || lat < index.lat[south]!) south = rank;
    if (n % rowsBetweenYields === 0) yield n / count;
  }

  const city = (rank: number): City | undefined => (count > 0 ? cityAt(index, rank) : undefined);
  return {
    ...all,
    countries: countries
      .filter(({ cities }) => cities > 0)
      .sort((a, b) => b.cities - a.cities || b.population - a.population),
    sizes,
    hemispheres,
    largest: city(chosen?.[0] ?? 0),
    northernmost: city(north),
    southernmost: city(south),
  };
}

/** The cities that are farthest from their nearest neighbour: one search for each city there is. */
export function* loneliest(index: Index, count: number): Work<Lonely[]> {
  const found: { rank: number; neighbour: number; kilometres: number }[] = [];
  for (let rank = 0; rank < index.size; rank++) {
    if (rank % 256 === 0) yield rank / index.size;
    const at = { lat: index.lat[rank]!, lon: index.lon[rank]! };
    const other = index.tree.nearest(at, 2).find(({ point }) => point !== rank);
    if (!other || other.kilometres <= (found[count - 1]?.kilometres ?? 0)) continue;
    found.push({ rank, neighbour: other.point, kilometres: other.kilometres });
    found.sort((a, b) => b.kilometres - a.kilometres);
    found.length = Math.min(found.length, count);
  }
  return found.map(({ rank, neighbour, kilometres }) => ({
    city: cityAt(index, rank),
    neighbour: cityAt(index, neighbour),
    kilometres,
  }));
}
