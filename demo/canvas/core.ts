/** The core: draws on the page's canvas, as the page wishes, and tells when each frame was done. */
import { channel, command, createCore, serve } from 'corral/core';
import * as v from 'valibot';
import { mostParticles } from './field.ts';
import { paletteNames } from './palette.ts';
import { createPicture, type Picture, type Wishes } from './picture.ts';

const between = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most));
const pixels = v.pipe(between(1, 16_384), v.integer());

const wishes = v.object({
  running: v.boolean(),
  seed: v.pipe(v.number(), v.integer()),
  width: pixels,
  height: pixels,
  palette: v.picklist(paletteNames),
  dark: v.boolean(),
  particles: v.pipe(between(1, mostParticles), v.integer()),
  speed: between(0, 10),
  swirls: between(0.1, 10),
  trail: between(0, 0.999),
  pointer: v.optional(v.object({ x: v.number(), y: v.number() })),
});
/** When each frame was done, on the clock of the day, and how long they took to make in all. Milliseconds. */
const figures = v.object({ frames: v.array(v.number()), work: v.number(), particles: v.number() });

const painter = createCore({
  name: 'painter',
  commands: {
    // #region shown
    draw: command({
      args: v.object({
        canvas: v.custom<OffscreenCanvas>((value) => value instanceof OffscreenCanvas),
        // One channel, both ways: figures out, wishes in.
        live: channel(figures, { duplex: wishes }),
      }),
      errors: { NO_CONTEXT: v.object({}) },
      handler: async ({ canvas, live }, { fail }) => {
        const pen = canvas.getContext('2d') ?? fail('NO_CONTEXT', {});
        const loop = startLoop(createPicture(canvas, pen), (drawn) => void live.send(drawn));
        try {
          // It ends when the page closes the channel, cancels the call, or goes.
          for await (const wish of live) loop.follow(wish);
        } finally {
          loop.stop();
        }
      },
    }),
    // #endregion shown
  },
});

/** How often the page hears of its frames, in milliseconds. */
const betweenFigures = 100;

/** Draws a frame whenever the screen wants one, while somebody wishes so; a still one otherwise, for each new wish. */
function startLoop(picture: Picture, tell: (drawn: v.InferOutput<typeof figures>) => void): { follow(wish: Wishes): void; stop(): void } {
  let wish: Wishes | undefined;
  let asked = 0;
  let frames: number[] = [];
  let work = 0;
  let told = 0;

  function ask(): void {
    asked ||= requestAnimationFrame(frame);
  }

  function frame(): void {
    asked = 0;
    if (!wish) return;
    const began = performance.now();
    if (wish.running) picture.advance(wish);
    else picture.still(wish);
    const now = performance.now();
    frames.push(performance.timeOrigin + now);
    work += now - began;
    if (!wish.running || now - told > betweenFigures) {
      tell({ frames, work, particles: wish.particles });
      frames = [];
      work = 0;
      told = now;
    }
    if (wish.running) ask();
  }

  return {
    follow(latest) {
      wish = latest;
      ask();
    },
    stop() {
      wish = undefined;
      cancelAnimationFrame(asked);
    },
  };
}

export type Painter = typeof painter;
serve(painter);
