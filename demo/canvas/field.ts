/** A field of currents, and particles that drift in it and leave light behind. Pure arithmetic: no canvas, no clock. */

/** How somebody wants it. */
export interface FieldSettings {
  particles: number;
  /** Of the currents, in pixels a step where they are strong. */
  speed: number;
  /** How many swirls fit into the height, roughly. */
  swirls: number;
  /** What is left of a trail after a step, from 0 to 1. */
  trail: number;
  /** Somewhere in the picture, from 0 to 1: everything turns about it. */
  pointer?: { x: number; y: number } | undefined;
}

export interface Field {
  /** The light of each pixel, line by line. */
  readonly light: Float32Array;
  readonly width: number;
  readonly height: number;
  step(settings: FieldSettings): void;
}

export const mostParticles = 60_000;
const waves = 7;
/** The currents are reckoned at so many places for each height, and between them in proportion. */
const cells = 48;
/** So many steps a particle lives at most: then it begins elsewhere, so that no place is left empty. */
const longestLife = 400;
const pointerReach = 0.16;
const drift = 0.006;
/** The field goes on beyond what is seen, by so much of its height: what leaves or begins there is not seen to. */
const margin = 0.15;

/** A field of so many pixels. The same seed makes the same field. */
export function createField(width: number, height: number, seed: number): Field {
  const next = random(seed);
  const light = new Float32Array(width * height);
  const [xs, ys] = [new Float32Array(mostParticles), new Float32Array(mostParticles)];
  const life = new Uint16Array(mostParticles);
  /** Few are bright and fast, most are faint and slow: so there is a near and a far. */
  const nearness = Float32Array.from({ length: mostParticles }, () => next() ** 3);
  const beyond = margin * height;
  const columns = Math.ceil((cells * (width + 2 * beyond)) / height) + 2;
  const rows = Math.ceil(cells * (1 + 2 * margin)) + 2;
  const [east, south] = [new Float32Array(columns * rows), new Float32Array(columns * rows)];
  const cell = height / cells;
  // Directions spread over the half circle, so that no field is only stripes.
  const directions = Array.from({ length: waves }, (_, wave) => ((wave + next()) / waves) * Math.PI);
  const lengths = Array.from({ length: waves }, () => 0.5 + 1.3 * next());
  const phases = Array.from({ length: waves }, () => 2 * Math.PI * next());
  const rates = Array.from({ length: waves }, () => (next() < 0.5 ? -1 : 1) * (0.5 + next()));
  let time = 0;
  for (let n = 0; n < mostParticles; n++) born(n);

  function born(n: number): void {
    xs[n] = next() * (width + 2 * beyond) - beyond;
    ys[n] = next() * (height + 2 * beyond) - beyond;
    life[n] = Math.floor(next() * longestLife);
  }

  /** Each wave pushes along its crests, so nothing gathers and nothing thins out. */
  function reckon({ swirls, pointer }: FieldSettings): void {
    east.fill(0);
    south.fill(0);
    for (let wave = 0; wave < waves; wave++) {
      const [dx, dy] = [Math.cos(directions[wave]!), Math.sin(directions[wave]!)];
      const turns = (2 * Math.PI * swirls * lengths[wave]!) / height;
      const phase = phases[wave]! + rates[wave]! * time;
      const strength = 1 / (Math.sqrt(waves) * lengths[wave]!);
      for (let row = 0, at = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, at++) {
          const push = strength * Math.cos(turns * cell * (dx * column + dy * row) + phase);
          east[at] = east[at]! + dy * push;
          south[at] = south[at]! - dx * push;
        }
      }
    }
    if (!pointer) return;
    const reach = pointerReach * height;
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) {
        const [x, y] = [(column * cell - beyond - pointer.x * width) / reach, (row * cell - beyond - pointer.y * height) / reach];
        const pull = 2.6 * Math.exp(-(x * x + y * y));
        east[at] = east[at]! - y * pull;
        south[at] = south[at]! + x * pull;
      }
    }
  }

  /** Leaves light on the way: no two marks more than a pixel apart, or trails would be dotted. */
  function move(n: number, speed: number): void {
    const [x, y, near] = [xs[n]!, ys[n]!, nearness[n]!];
    const [column, row] = [(x + beyond) / cell, (y + beyond) / cell];
    const at = Math.floor(row) * columns + Math.floor(column);
    const [right, down] = [column % 1, row % 1];
    const between = (of: Float32Array): number =>
      (of[at]! * (1 - right) + of[at + 1]! * right) * (1 - down) + (of[at + columns]! * (1 - right) + of[at + columns + 1]! * right) * down;
    const pace = speed * (0.6 + near);
    const [dx, dy] = [between(east) * pace, between(south) * pace];
    const marks = Math.max(1, Math.ceil(Math.abs(dx) + Math.abs(dy)));
    for (let mark = 1; mark <= marks; mark++) shine(x + (dx * mark) / marks, y + (dy * mark) / marks, (0.3 + 2.8 * near) / marks);
    xs[n] = x + dx;
    ys[n] = y + dy;
    const isOut = x + dx < -beyond || x + dx >= width + beyond || y + dy < -beyond || y + dy >= height + beyond;
    if (isOut) life[n] = 0;
  }

  /** Shines on the four pixels around it, so that it glides between them. */
  function shine(x: number, y: number, brightness: number): void {
    const [left, above] = [Math.floor(x), Math.floor(y)];
    if (left < 0 || above < 0 || left > width - 2 || above > height - 2) return;
    const [right, down] = [x - left, y - above];
    const at = above * width + left;
    light[at] = light[at]! + (1 - right) * (1 - down) * brightness;
    light[at + 1] = light[at + 1]! + right * (1 - down) * brightness;
    light[at + width] = light[at + width]! + (1 - right) * down * brightness;
    light[at + width + 1] = light[at + width + 1]! + right * down * brightness;
  }

  return {
    light,
    width,
    height,
    step(settings) {
      const { particles, speed, trail } = settings;
      time += drift * speed;
      reckon(settings);
      for (let at = 0; at < light.length; at++) light[at] = light[at]! * trail;
      for (let n = 0; n < particles; n++) {
        if (life[n] === 0) born(n);
        else life[n] = life[n]! - 1;
        move(n, speed);
      }
    },
  };
}

/** Numbers from 0 to 1 without order, the same ones for each seed. */
function random(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
