/** The map: all cities as points, those that were found, and a place with its nearest cities. */
import { project, unproject } from './projection.ts';
import type { City, Near } from './engine.ts';

export interface Place {
  lat: number;
  lon: number;
}

export interface WorldMap {
  /** All cities as x, y, x, y, …, each from 0 to 1. */
  setPoints(points: Float32Array): void;
  /** Which of the points to light up; the largest cities first. */
  highlight(matches: Uint32Array): void;
  /** Marks a place with a cross and its nearest cities with lines. */
  mark(place: Place | undefined, near?: readonly Near[]): void;
}

/** Where the arrow keys lead. */
const ways = new Map([
  ['ArrowUp', { north: 1, east: 0 }],
  ['ArrowDown', { north: -1, east: 0 }],
  ['ArrowRight', { north: 0, east: 1 }],
  ['ArrowLeft', { north: 0, east: -1 }],
]);

interface Listeners {
  /** A place was clicked, or chosen with the arrow keys and Enter. */
  onPick: (place: Place) => void;
  /** The arrow keys have moved the cross. */
  onMove: (place: Place) => void;
}

/** Draws into the two canvases of the box: one for all cities, one above for what changes. */
export function createMap(box: HTMLElement, { onPick, onMove }: Listeners): WorldMap {
  const [base, marks] = [...box.querySelectorAll('canvas')] as [HTMLCanvasElement, HTMLCanvasElement];
  const pen = marks.getContext('2d')!;
  let points = new Float32Array(0);
  let matches = new Uint32Array(0);
  let cross: Place | undefined;
  let neighbours: readonly Near[] = [];
  let due = false;

  new ResizeObserver(() => {
    for (const canvas of [base, marks]) {
      canvas.width = Math.round(box.clientWidth * devicePixelRatio);
      canvas.height = Math.round(box.clientHeight * devicePixelRatio);
    }
    drawBase();
    drawMarks();
  }).observe(box);
  // The site's header says so, whether the system or the visitor changed it.
  document.addEventListener('theme', () => {
    drawBase();
    drawMarks();
  });

  box.addEventListener('click', (event) => {
    const { left, top, width, height } = box.getBoundingClientRect();
    const place = unproject((event.clientX - left) / width, (event.clientY - top) / height);
    if (place) onPick(place);
  });
  box.addEventListener('keydown', (event) => {
    const from = cross ?? { lat: 20, lon: 10 };
    const step = event.shiftKey ? 10 : 2;
    const way = ways.get(event.key);
    if (way) {
      const lat = Math.max(-56, Math.min(84, from.lat + way.north * step));
      const lon = ((((from.lon + way.east * step + 180) % 360) + 360) % 360) - 180;
      cross = { lat, lon };
      neighbours = [];
      drawSoon();
      onMove(cross);
    } else if (event.key === 'Enter' || event.key === ' ') onPick(from);
    else return;
    event.preventDefault();
  });

  /** At most one drawing a frame, however often things change. */
  function drawSoon(): void {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      drawMarks();
    });
  }

  function drawBase(): void {
    const { width, height } = base;
    const brush = base.getContext('2d')!;
    if (width === 0) return;
    const style = getComputedStyle(box);
    const crowd = new Uint8Array(width * height);
    for (let n = 0; n < points.length; n += 2) {
      const at = pixel(n);
      if (at >= 0 && crowd[at]! < 255) crowd[at]!++;
    }
    const image = brush.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const land = style.getPropertyValue('--land');
    const shades = Uint32Array.from({ length: 256 }, (_, cities) => colourOf(land, 90 + 60 * Math.log2(cities + 0.5)));
    shades[0] = 0;
    for (let at = 0; at < crowd.length; at++) pixels[at] = shades[crowd[at]!]!;
    brush.putImageData(image, 0, 0);
    brush.globalCompositeOperation = 'destination-over';
    drawGrid(brush, style.getPropertyValue('--line'));
    brush.globalCompositeOperation = 'source-over';
  }

  /** Some meridians, the two at the rim among them, and some circles of latitude. */
  function drawGrid(brush: CanvasRenderingContext2D, colour: string): void {
    const { width, height } = base;
    brush.strokeStyle = colour;
    brush.lineWidth = devicePixelRatio;
    for (let lon = -180; lon <= 180; lon += 30) {
      brush.beginPath();
      for (let lat = -60; lat <= 86; lat += 2) {
        const { x, y } = project(lat, lon);
        brush.lineTo(x * width, y * height);
      }
      brush.stroke();
    }
    for (const lat of [-30, 0, 30, 60]) {
      const [west, east] = [project(lat, -180), project(lat, 180)];
      brush.beginPath();
      brush.moveTo(west.x * width, west.y * height);
      brush.lineTo(east.x * width, east.y * height);
      brush.stroke();
    }
  }

  function drawMarks(): void {
    const { width, height } = marks;
    if (width === 0) return;
    const style = getComputedStyle(box);
    const accent = style.getPropertyValue('--accent');
    // Stamped pixel by pixel: a hundred thousand fillRect calls would cost the very frames that the meter shows.
    const image = pen.createImageData(width, height);
    const colour = colourOf(accent, 255);
    const pixels = new Uint32Array(image.data.buffer);
    const radius = Math.round(devicePixelRatio * (matches.length > 2500 ? 0 : matches.length > 200 ? 1 : 2));
    for (const rank of matches) {
      const at = pixel(2 * rank);
      if (at < 0) continue;
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) {
          if (dx * dx + dy * dy <= radius * radius + 0.5) pixels[at + dy * width + dx] = colour;
        }
      }
    }
    pen.putImageData(image, 0, 0);
    if (cross) drawCross(cross, accent, style.getPropertyValue('--ink'));
  }

  function drawCross(place: Place, accent: string, ink: string): void {
    const scale = devicePixelRatio;
    const at = onCanvas(place);
    pen.lineWidth = 1.5 * scale;
    pen.strokeStyle = accent;
    pen.fillStyle = accent;
    for (const { city } of neighbours) {
      const to = onCanvas(city);
      // Across the date line the short way would run off one rim and in at the other; the point alone must do.
      if (Math.abs(to.x - at.x) < marks.width / 2) {
        pen.beginPath();
        pen.moveTo(at.x, at.y);
        pen.lineTo(to.x, to.y);
        pen.stroke();
      }
      pen.beginPath();
      pen.arc(to.x, to.y, 3 * scale, 0, 7);
      pen.fill();
    }
    pen.strokeStyle = ink;
    pen.beginPath();
    pen.arc(at.x, at.y, 7 * scale, 0, 7);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      pen.moveTo(at.x + 4 * dx * scale, at.y + 4 * dy * scale);
      pen.lineTo(at.x + 12 * dx * scale, at.y + 12 * dy * scale);
    }
    pen.stroke();
  }

  /** Which pixel a point falls on; -1 if on none. */
  function pixel(n: number): number {
    const x = Math.floor(points[n]! * base.width);
    const y = Math.floor(points[n + 1]! * base.height);
    return x >= 0 && x < base.width && y >= 0 && y < base.height ? y * base.width + x : -1;
  }

  function onCanvas({ lat, lon }: Place | City): { x: number; y: number } {
    const { x, y } = project(lat, lon);
    return { x: x * marks.width, y: y * marks.height };
  }

  return {
    setPoints(all) {
      points = all as typeof points;
      drawBase();
      drawSoon();
    },
    highlight(found) {
      matches = found as typeof matches;
      drawSoon();
    },
    mark(place, near = []) {
      cross = place;
      neighbours = near;
      drawSoon();
    },
  };
}

/** A colour, `rgb(…)` as a registered property computes to, as a pixel of image data, whatever this machine's byte order. */
function colourOf(rgb: string, opacity: number): number {
  const [red, green, blue] = [...rgb.matchAll(/\d+/g)].map(Number);
  return new Uint32Array(Uint8ClampedArray.of(red!, green!, blue!, opacity).buffer)[0]!;
}
