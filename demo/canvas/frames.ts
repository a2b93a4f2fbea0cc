/** Draws when the frames of the page and of the core were done: a mark for each, over the last seconds. */

/** What the figures are of and the drawing holds, in milliseconds. */
const span = 6_000;
/** On a narrow screen it holds less: marks that touch tell nothing. */
const widest = 15;

interface Lane {
  /** When each frame was done, the oldest first, on the clock of the day in milliseconds. */
  readonly times: number[];
}

export interface Frames {
  readonly page: Lane;
  readonly core: Lane;
}

export interface Figures {
  perSecond: number;
  /** The longest time between two frames of the last seconds. */
  longest: number;
}

/** Of the frames of the last seconds; undefined if there are not two. */
export function figuresOf({ times }: Lane, now: number): Figures | undefined {
  let longest = 0;
  const seen = times.filter((time) => time > now - span);
  for (let n = 1; n < seen.length; n++) longest = Math.max(longest, seen[n]! - seen[n - 1]!);
  return seen.length > 1 ? { perSecond: seen.filter((time) => time > now - 1_000).length, longest } : undefined;
}

/** Marks the page's frames from now on, and draws them above the core's. */
export function startFrames(canvas: HTMLCanvasElement): Frames {
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const pen = canvas.getContext('2d')!;
  const lanes = { page: { times: [] as number[] }, core: { times: [] as number[] } };
  let drawn = 0;

  requestAnimationFrame(function frame() {
    requestAnimationFrame(frame);
    const now = performance.timeOrigin + performance.now();
    lanes.page.times.push(now);
    for (const { times } of Object.values(lanes)) while (times.length > 0 && times[0]! < now - 2 * span) times.shift();
    // Where motion is unwanted, once a second.
    if (now - drawn < (calm.matches ? 1_000 : 0)) return;
    drawn = now;
    draw(now);
  });

  function draw(now: number): void {
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const { color, borderTopColor } = getComputedStyle(canvas);
    const gap = 6 * scale;
    const tall = (height - gap) / 2;
    const shown = Math.min(span, widest * canvas.clientWidth);
    pen.clearRect(0, 0, width, height);
    [lanes.page, lanes.core].forEach(({ times }, lane) => {
      pen.fillStyle = lane === 0 ? borderTopColor : color;
      for (const time of times) pen.fillRect(Math.round(width * (1 - (now - time) / shown)), lane * (tall + gap), Math.max(1, scale), tall);
    });
  }

  return lanes;
}
