/** From light to colour: dark paper glows, light paper is drawn upon. */

export const paletteNames = ['ember', 'sea', 'meadow'] as const;
export type PaletteName = (typeof paletteNames)[number];

/** From no light to the most, for each kind of paper. */
const stops: Record<PaletteName, { dark: string[]; light: string[] }> = {
  ember: { dark: ['#14110d', '#4d1d0c', '#b4481e', '#ff9a5e', '#fff0d6'], light: ['#faf6ef', '#f5d8bb', '#e0824a', '#a03a13', '#421304'] },
  sea: { dark: ['#0b1114', '#0c3644', '#1c8296', '#7adbd2', '#f2fffc'], light: ['#f3f8f7', '#bfe1de', '#46a2aa', '#135b75', '#081f31'] },
  meadow: { dark: ['#0f120c', '#263f19', '#6c962e', '#cbdd74', '#fffce4'], light: ['#f8f8ef', '#d9e5b1', '#8dac45', '#3f671f', '#16280c'] },
};

/** How finely light is told apart. */
export const shades = 1024;

/** The pixel for each shade, as its four bytes lie in an image. */
export function paletteOf(name: PaletteName, dark: boolean): Uint32Array {
  const colours = stops[name][dark ? 'dark' : 'light'].map(channels);
  const bytes = new Uint8ClampedArray(4 * shades);
  for (let shade = 0; shade < shades; shade++) {
    // The first trails are seen, and where many meet it is not all one white.
    const place = (1 - Math.exp((-3.2 * shade) / shades)) / (1 - Math.exp(-3.2));
    const at = Math.min(place * (colours.length - 1), colours.length - 1.001);
    const [from, to] = [colours[Math.floor(at)]!, colours[Math.floor(at) + 1]!];
    for (let channel = 0; channel < 3; channel++) bytes[4 * shade + channel] = from[channel]! + (to[channel]! - from[channel]!) * (at % 1);
    bytes[4 * shade + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
