/** The engine of the cities demo, on small worlds: what it finds, in which order, how far, how many. */
import { assert } from 'chai';
import * as fc from 'fast-check';
import { type Columns, decode } from '../../demo/cities/data.ts';
import { buildIndex, type Index, nearest, places, type Work } from '../../demo/cities/engine.ts';
import { fold } from '../../demo/cities/fold.ts';
import { project, unproject } from '../../demo/cities/projection.ts';
import { search } from '../../demo/cities/search.ts';
import { growSphereTree } from '../../demo/cities/sphere-tree.ts';
import { loneliest, statistics } from '../../demo/cities/statistics.ts';

type Row = [name: string, country: string, population: number, lat: number, lon: number];

const world = indexOf([
  ['Paris', 'FR', 2_000_000, 48.9, 2.4],
  ['São Paulo', 'BR', 10_000_000, -23.5, -46.6],
  ['São Paulo de Olivença', 'BR', 12_000, -3.4, -68.9],
  ['San Pablo', 'PH', 207_000, 14.1, 121.3],
  ['New Paris', 'US', 1_600, 39.9, -84.8],
  ['Xi’an', 'CN', 6_500_000, 34.3, 108.9],
  ['Saint-Denis', 'FR', 96_000, 48.9, 2.4],
  ['Caparison', 'US', 0, 40, -80],
]);

describe('fold', () => {
  it('writes a name as a hurried person types it', () => {
    assert.equal(fold('São Tomé'), 'sao tome');
    assert.equal(fold('Xi’an'), 'xian');
    assert.equal(fold('  Saint-Denis (La Réunion)'), 'saint denis la reunion');
    assert.equal(fold('Łódź, Ærø, Weißwasser, Iğdır'), 'lodz aero weisswasser igdir');
    assert.equal(fold('…'), '');
  });

  it('leaves what is folded as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fold(fold(text)) === fold(text)));
  });
});

describe('search', () => {
  const names = (query: string, limit = 8): string[] => done(search(world, query, limit)).best.map(({ name }) => name);

  it('puts names that begin so before words that begin so, and those before names that contain it', () => {
    assert.deepEqual(names('paris', 3), ['Paris', 'New Paris', 'Caparison']);
  });

  it('puts the larger of two alike first', () => {
    assert.deepEqual(names('sao paulo', 2), ['São Paulo', 'São Paulo de Olivença']);
  });

  it('finds names in spite of accents, case and punctuation', () => {
    assert.deepEqual(names('XIAN', 1), ['Xi’an']);
    assert.deepEqual(names('saint denis', 1), ['Saint-Denis']);
  });

  for (const [kind, query] of [
    ['a letter left out', 'sao palo'],
    ['a letter too many', 'sao paullo'],
    ['a wrong letter', 'sao paula'],
    ['two letters swapped', 'sao pualo'],
    ['a swap and a wrong letter', 'sap pualo'],
  ] as const) {
    it(`forgives ${kind}`, () => {
      const { best, onlyAlike } = done(search(world, query, 2));
      assert.deepEqual(best.map(({ name }) => name), ['São Paulo', 'São Paulo de Olivença']);
      assert.isTrue(onlyAlike);
    });
  }

  it('forgives no typo in three letters', () => {
    assert.deepEqual(names('prs'), []);
  });

  it('answers with every match, the largest first, and fills the list up with names spelled alike', () => {
    const { matches, best, onlyAlike } = done(search(world, 'sao paulo', 8));
    assert.deepEqual([...matches].map((rank) => world.names[rank]), ['São Paulo', 'São Paulo de Olivença']);
    assert.deepEqual(best.map(({ name }) => name), ['São Paulo', 'São Paulo de Olivença', 'San Pablo']);
    assert.isFalse(onlyAlike);
  });

  it('finds nothing for nothing', () => {
    for (const query of ['', '  ', '’', 'zzzzzz']) assert.deepEqual(names(query), []);
  });
});

describe('nearest', () => {
  it('measures along the great circle', () => {
    const [first] = nearest(world, { lat: 48.9, lon: 2.4 }, 1);
    assert.equal(first?.city.country, 'FR');
    assert.approximately(first!.kilometres, 0, 1e-6);
    // From the pole to the equator is a quarter of the way round.
    const [quarter] = nearest(indexOf([['Null', 'XX', 1, 0, 0]]), { lat: 90, lon: 0 }, 5);
    assert.approximately(quarter!.kilometres, 10_007.557, 0.01);
  });

  it('looks across the date line and over the pole', () => {
    const index = indexOf([
      ['West', 'XX', 3, 0, -179.9],
      ['Far', 'XX', 2, 0, 170],
      ['Beyond', 'XX', 1, 89, 180],
    ]);
    assert.equal(nearest(index, { lat: 0, lon: 179.9 }, 1)[0]?.city.name, 'West');
    assert.equal(nearest(index, { lat: 89, lon: 0 }, 1)[0]?.city.name, 'Beyond');
  });

  it('finds what looking at every point finds', () => {
    const place = fc.record({ lat: fc.integer({ min: -90, max: 90 }), lon: fc.integer({ min: -180, max: 180 }) });
    const many = fc.array(place, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(many, place, fc.integer({ min: 1, max: 9 }), (points, at, count) => {
        const [lat, lon] = [Float64Array.from(points, (one) => one.lat), Float64Array.from(points, (one) => one.lon)];
        const tree = done(growSphereTree(lat, lon));
        const found = tree.nearest(at, count).map(({ kilometres }) => kilometres);
        const all = points.map((point) => haversine(point, at)).sort((a, b) => a - b);
        assert.lengthOf(found, Math.min(count, points.length));
        found.forEach((kilometres, n) => assert.approximately(kilometres, all[n]!, 0.001));
      }),
    );
  });
});

describe('statistics', () => {
  it('adds up all cities', () => {
    const all = done(statistics(world, ''));
    assert.equal(all.cities, 8);
    assert.equal(all.population, 18_816_600);
    assert.deepEqual(all.countries[0], { country: 'BR', cities: 2, population: 10_012_000 });
    assert.deepEqual(all.sizes.map(({ cities }) => cities), [1, 2, 1, 2, 1, 1]);
    assert.deepEqual(all.hemispheres.south, { cities: 2, population: 10_012_000 });
    assert.equal(all.hemispheres.east.cities + all.hemispheres.west.cities, 8);
    assert.equal(all.largest?.name, 'São Paulo');
    assert.equal(all.northernmost?.lat, 48.9);
    assert.equal(all.southernmost?.name, 'São Paulo');
  });

  it('adds up those with a text in their name', () => {
    const some = done(statistics(world, 'Paris'));
    assert.equal(some.cities, 3);
    assert.sameMembers(some.countries.map(({ country }) => country), ['FR', 'US']);
    assert.equal(some.largest?.name, 'Paris');
  });

  it('adds up none', () => {
    const none = done(statistics(world, 'zzz'));
    assert.equal(none.cities, 0);
    assert.deepEqual(none.countries, []);
    assert.isUndefined(none.largest);
  });
});

describe('loneliest', () => {
  it('names the city that is farthest from its nearest neighbour', () => {
    const [first] = done(loneliest(world, 3));
    assert.equal(first?.city.name, 'São Paulo');
    assert.equal(first?.neighbour.name, 'São Paulo de Olivença');
  });

  it('is nobody in a world of one city', () => {
    assert.deepEqual(done(loneliest(indexOf([['Only', 'XX', 1, 0, 0]]), 3)), []);
  });
});

describe('the map', () => {
  it('projects a place to a place from which it projects back', () => {
    const lat = fc.double({ min: -56, max: 83, noNaN: true });
    const lon = fc.double({ min: -179.9, max: 179.9, noNaN: true });
    fc.assert(
      fc.property(lat, lon, (north, east) => {
        const { x, y } = project(north, east);
        const back = unproject(x, y);
        assert.approximately(back!.lat, north, 1e-6);
        assert.approximately(back!.lon, east, 1e-6);
      }),
    );
  });

  it('has places that are off the edge of the world', () => {
    assert.isUndefined(unproject(0, 0));
    assert.isUndefined(unproject(1, 1));
  });

  it('has a point for each city, in order of rank', () => {
    const points = places(world);
    const { x, y } = project(world.lat[3]!, world.lon[3]!);
    assert.lengthOf(points, 16);
    assert.deepEqual([points[6], points[7]], [Math.fround(x), Math.fround(y)]);
  });
});

describe('decode', () => {
  it('refuses what is not a file of cities', () => {
    for (const text of ['', '<!doctype html><title>404</title>', '{}']) {
      assert.throws(() => decode(new TextEncoder().encode(text)));
    }
  });
});

function indexOf(rows: readonly Row[]): Index {
  const countries = [...new Set(rows.map(([, country]) => country))];
  const columns: Columns = {
    countries,
    names: rows.map(([name]) => name),
    country: Uint8Array.from(rows, ([, country]) => countries.indexOf(country)),
    capital: new Uint8Array(rows.length),
    population: Float64Array.from(rows, ([, , population]) => population),
    lat: Float64Array.from(rows, ([, , , lat]) => lat),
    lon: Float64Array.from(rows, ([, , , , lon]) => lon),
  };
  return done(buildIndex(columns));
}

/** Runs long work to its end, and sees that it reports shares of the way. */
function done<Result>(work: Work<Result>): Result {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    assert.isAtLeast(step.value, 0);
    assert.isAtMost(step.value, 1);
  }
}

function haversine(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const half = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2;
  const h = half(a.lat - b.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon - b.lon);
  return 2 * 6371.0088 * Math.asin(Math.min(1, Math.sqrt(h)));
}
