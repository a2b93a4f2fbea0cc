/** Puts a field's light onto a canvas, in the worker. */
import { createField, type Field } from './field.ts';
import { type PaletteName, paletteOf, shades } from './palette.ts';

export interface Wishes {
  running: boolean;
  seed: number;
  /** The canvas's size on the page, in the screen's pixels. */
  width: number;
  height: number;
  palette: PaletteName;
  dark: boolean;
  particles: number;
  speed: number;
  swirls: number;
  trail: number;
  pointer?: { x: number; y: number } | undefined;
}

export interface Picture {
  /** One step further. */
  advance(wishes: Wishes): void;
  /** As it looks some time after these wishes. */
  still(wishes: Wishes): void;
}

/** More would be drawn no finer than light can be told apart, and cost a frame. */
const mostPixels = 700_000;
const stepsOfAStill = 110;

export function createPicture(canvas: OffscreenCanvas, pen: OffscreenCanvasRenderingContext2D): Picture {
  let field: Field | undefined;
  let image: ImageData;
  let pixels: Uint32Array;
  let made = '';
  let colours = '';
  let palette: Uint32Array;

  /** Makes anew what no longer fits the wishes. */
  function prepare({ width, height, seed, palette: name, dark }: Wishes): Field {
    const size = `${width} × ${height}, ${seed}`;
    if (!field || size !== made) {
      const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
      canvas.width = Math.max(2, Math.round(width * scale));
      canvas.height = Math.max(2, Math.round(height * scale));
      field = createField(canvas.width, canvas.height, seed);
      image = pen.createImageData(canvas.width, canvas.height);
      pixels = new Uint32Array(image.data.buffer);
      made = size;
    }
    if (`${name} ${dark}` !== colours) palette = paletteOf(name, dark);
    colours = `${name} ${dark}`;
    return field;
  }

  function put({ light }: Field, { particles, trail }: Wishes): void {
    // What all particles have left behind, spread evenly. The more there is, the less a pixel differs from others.
    const share = particles / ((1 - trail) * light.length);
    const gain = shades / (2.5 * share + 5 * Math.sqrt(share));
    for (let at = 0; at < light.length; at++) pixels[at] = palette[Math.min(shades - 1, light[at]! * gain) | 0]!;
    pen.putImageData(image, 0, 0);
  }

  return {
    advance(wishes) {
      const current = prepare(wishes);
      current.step(wishes);
      put(current, wishes);
    },
    still(wishes) {
      const current = prepare(wishes);
      for (let step = 0; step < stepsOfAStill; step++) current.step(wishes);
      put(current, wishes);
    },
  };
}
