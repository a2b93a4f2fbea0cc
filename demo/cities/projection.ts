/** The Equal Earth projection (Šavrič, Patterson and Jenny, 2018): a world map on which equal areas look equal. */

/** The part of the map that is shown, 2.3 times as wide as high: no city lies farther south but in Antarctica. */
const shown = { north: 84, south: -57 };

const A = [1.340264, -0.081106, 0.000893, 0.003796] as const;
const M = Math.sqrt(3) / 2;

const right = raw(0, 180).x;
const top = raw(shown.north, 0).y;
const bottom = raw(shown.south, 0).y;

/** From degrees to a place on the map: x and y run from 0 (left, top) to 1 (right, bottom). */
export function project(lat: number, lon: number): { x: number; y: number } {
  const { x, y } = raw(lat, lon);
  return { x: 0.5 + x / (2 * right), y: (top - y) / (top - bottom) };
}

/** From a place on the map back to degrees; undefined off the edge of the world. */
export function unproject(x: number, y: number): { lat: number; lon: number } | undefined {
  const height = top - y * (top - bottom);
  let theta = height;
  // Newton's method; the curve is nearly straight, so that a few steps reach the limit of a double.
  for (let step = 0; step < 8; step++) theta -= (rise(theta) - height) / slope(theta);
  const lat = degrees(Math.asin(Math.sin(theta) / M));
  const lon = degrees((((x - 0.5) * 2 * right * M) / Math.cos(theta)) * slope(theta));
  return Number.isNaN(lat) || Math.abs(lon) > 180 ? undefined : { lat, lon };
}

function raw(lat: number, lon: number): { x: number; y: number } {
  const theta = Math.asin(M * Math.sin(radians(lat)));
  return { x: (radians(lon) * Math.cos(theta)) / (M * slope(theta)), y: rise(theta) };
}

function rise(theta: number): number {
  const t = theta * theta;
  return theta * (A[0] + A[1] * t + t * t * t * (A[2] + A[3] * t));
}

function slope(theta: number): number {
  const t = theta * theta;
  return A[0] + 3 * A[1] * t + t * t * t * (7 * A[2] + 9 * A[3] * t);
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}
