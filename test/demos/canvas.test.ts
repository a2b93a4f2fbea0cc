/** The canvas demo: its field, and its core, in a worker. */
import { assert } from 'chai';
import { Channel } from 'corral';
import type { Painter } from '../../demo/canvas/core.ts';
import { createField } from '../../demo/canvas/field.ts';
import { paletteNames, paletteOf, shades } from '../../demo/canvas/palette.ts';
import type { Wishes } from '../../demo/canvas/picture.ts';
import { eventually, open, rejection } from '../support/corral.ts';

const settings = { particles: 500, speed: 2, swirls: 1.5, trail: 0.95 };
const wishes: Wishes = { ...settings, running: true, seed: 1, width: 120, height: 60, palette: 'ember', dark: true };

interface Drawn {
  frames: number[];
  work: number;
  particles: number;
}

describe('the field', () => {
  it('is the same for the same seed, and another for another', () => {
    const lightOf = (seed: number): Float32Array => {
      const field = createField(60, 40, seed);
      for (let step = 0; step < 30; step++) field.step(settings);
      return field.light;
    };
    assert.deepEqual(lightOf(3), lightOf(3));
    assert.notDeepEqual(lightOf(3), lightOf(4));
  });

  it('has light everywhere, and nowhere without bounds, however it is stirred', () => {
    for (const [width, height] of [[200, 100], [100, 200], [2, 2], [16, 3]] as const) {
      const field = createField(width, height, 7);
      for (let step = 0; step < 300; step++) field.step({ ...settings, particles: 4_000, speed: step % 10, pointer: step % 3 === 0 ? { x: step / 100, y: 0.5 } : undefined });
      assert.isTrue(field.light.every((light) => Number.isFinite(light) && light >= 0));
      assert.isAbove(field.light.filter((light) => light > 0).length, 0.9 * field.light.length);
    }
  });
});

describe('a palette', () => {
  it('goes from the colour of its paper to the opposite, never transparent', () => {
    for (const name of paletteNames) {
      for (const dark of [true, false]) {
        const bytes = new Uint8Array(paletteOf(name, dark).buffer);
        const sumAt = (shade: number): number => bytes[4 * shade]! + bytes[4 * shade + 1]! + bytes[4 * shade + 2]!;
        assert.equal(sumAt(0) < sumAt(shades - 1), dark);
        for (let shade = 0; shade < shades; shade++) assert.equal(bytes[4 * shade + 3], 255);
      }
    }
  });
});

describe('the core of the canvas demo', () => {
  const connected = () => open<Painter>(() => new Worker(new URL('../../demo/canvas/core.ts', import.meta.url), { type: 'module' })).invoke;
  const handOver = (): OffscreenCanvas => document.createElement('canvas').transferControlToOffscreen();

  it('draws frame after frame until the page closes the channel, as it was last wished', async () => {
    const invoke = connected();
    const canvas = handOver();
    const drawn: Drawn[] = [];
    const live = new Channel<Drawn, Wishes>((figures) => drawn.push(figures));
    void live.send(wishes);
    const drawing = invoke.draw({ canvas, live }, { transfer: [canvas] });
    await eventually('frames were drawn', () => drawn.flatMap(({ frames }) => frames).length > 5);
    void live.send({ ...wishes, particles: 77 });
    await eventually('another wish was heard', () => drawn.at(-1)!.particles === 77);
    live.close();
    assert.isUndefined(await drawing);
  });

  it('draws one still picture for each wish while it does not run', async () => {
    const invoke = connected();
    const canvas = handOver();
    const drawn: Drawn[] = [];
    const live = new Channel<Drawn, Wishes>((figures) => drawn.push(figures));
    const drawing = invoke.draw({ canvas, live }, { transfer: [canvas] });
    for (const particles of [10, 20, 30]) {
      void live.send({ ...wishes, running: false, particles });
      await eventually('it was drawn', () => drawn.at(-1)?.particles === particles);
    }
    assert.deepEqual(drawn.map(({ frames, particles }) => [frames.length, particles]), [[1, 10], [1, 20], [1, 30]]);
    live.close();
    await drawing;
  });

  it('refuses a wish that cannot be, and says which', async () => {
    const invoke = connected();
    const canvas = handOver();
    const live = new Channel<Drawn, Wishes>();
    void live.send({ ...wishes, particles: 1e9 });
    const error = await rejection(invoke.draw({ canvas, live }, { transfer: [canvas] }));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.match(error.message, /particles/);
  });

  it('refuses what is no canvas', async () => {
    const error = await rejection(connected().draw({ canvas: {} as OffscreenCanvas, live: new Channel<Drawn, Wishes>() }));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
  });
});
