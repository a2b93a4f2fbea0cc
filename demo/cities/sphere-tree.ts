/** A tree over points on a sphere that finds the nearest of them, exact at the poles and across the date line. */

/** Mean radius of the Earth in kilometres. */
const radius = 6371.0088;
const leaf = 16;

export interface Neighbour {
  /** Which of the points that the tree was built from. */
  point: number;
  kilometres: number;
}

export interface SphereTree {
  /** At most `count` points, the nearest first. */
  nearest(at: { lat: number; lon: number }, count: number): Neighbour[];
}

/**
 * Builds a k-d tree over the points as vectors of length 1: in three dimensions there is no seam and no pole, and the
 * shorter chord always belongs to the shorter great circle. Yields the share done.
 */
export function* growSphereTree(lat: Float64Array, lon: Float64Array): Generator<number, SphereTree> {
  const size = lat.length;
  const axes = [new Float64Array(size), new Float64Array(size), new Float64Array(size)] as const;
  const order = new Uint32Array(size);
  for (let point = 0; point < size; point++) {
    const [x, y, z] = vector(lat[point]!, lon[point]!);
    axes[0][point] = x;
    axes[1][point] = y;
    axes[2][point] = z;
    order[point] = point;
    if (point % 8192 === 0) yield (0.1 * point) / size;
  }

  let placed = 0;
  const open: [from: number, to: number, axis: number][] = [[0, size - 1, 0]];
  for (let part = open.pop(); part; part = open.pop()) {
    const [from, to, axis] = part;
    if (to - from < leaf) {
      placed += to - from + 1;
      yield 0.1 + (0.9 * placed) / size;
      continue;
    }
    const middle = (from + to) >> 1;
    select(order, axes[axis]!, { from, to, middle });
    placed++;
    open.push([from, middle - 1, (axis + 1) % 3], [middle + 1, to, (axis + 1) % 3]);
  }
  return { nearest: (at, count) => nearest({ axes, order }, vector(at.lat, at.lon), count) };
}

type Vector = [x: number, y: number, z: number];

interface Grown {
  axes: readonly [Float64Array, Float64Array, Float64Array];
  order: Uint32Array;
}

function vector(lat: number, lon: number): Vector {
  const phi = (lat * Math.PI) / 180;
  const lambda = (lon * Math.PI) / 180;
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/** Quickselect: afterwards nothing before `middle` is greater than it, nothing behind it is less. */
function select(order: Uint32Array, values: Float64Array, part: { from: number; to: number; middle: number }): void {
  let { from, to } = part;
  while (from < to) {
    const pivot = values[order[(from + to) >> 1]!]!;
    let low = from;
    let high = to;
    while (low <= high) {
      while (values[order[low]!]! < pivot) low++;
      while (values[order[high]!]! > pivot) high--;
      if (low > high) break;
      [order[low], order[high]] = [order[high]!, order[low]!];
      low++;
      high--;
    }
    if (part.middle <= high) to = high;
    else if (part.middle >= low) from = low;
    else return;
  }
}

function nearest({ axes, order }: Grown, at: Vector, count: number): Neighbour[] {
  const found: { point: number; chord: number }[] = [];
  let farthest = Infinity;

  const consider = (point: number): void => {
    const chord =
      (axes[0][point]! - at[0]) ** 2 + (axes[1][point]! - at[1]) ** 2 + (axes[2][point]! - at[2]) ** 2;
    if (chord >= farthest) return;
    let place = found.length;
    while (place > 0 && found[place - 1]!.chord > chord) place--;
    found.splice(place, 0, { point, chord });
    if (found.length > count) found.pop();
    if (found.length === count) farthest = found[count - 1]!.chord;
  };

  const visit = (from: number, to: number, axis: number): void => {
    if (to - from < leaf) {
      for (let place = from; place <= to; place++) consider(order[place]!);
      return;
    }
    const middle = (from + to) >> 1;
    const point = order[middle]!;
    const beyond = at[axis]! - axes[axis]![point]!;
    const next = (axis + 1) % 3;
    consider(point);
    if (beyond < 0) visit(from, middle - 1, next);
    else visit(middle + 1, to, next);
    if (beyond ** 2 >= farthest) return;
    if (beyond < 0) visit(middle + 1, to, next);
    else visit(from, middle - 1, next);
  };

  visit(0, order.length - 1, 0);
  const alongTheGround = (chord: number): number => 2 * radius * Math.asin(Math.min(1, Math.sqrt(chord) / 2));
  return found.map(({ point, chord }) => ({ point, kilometres: alongTheGround(chord) }));
}
