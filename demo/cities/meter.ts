/** The frame meter: how long each frame of this page took, drawn and in numbers. */

/** What the drawing holds, in milliseconds: its width and its height. */
const span = 5000;
const tallest = 100;

interface Parts {
  canvas: HTMLCanvasElement;
  worst: HTMLElement;
  rate: HTMLElement;
}

/** Measures from now on, for as long as the page lives. Where motion is unwanted it draws once a second only. */
export function startMeter({ canvas, worst, rate }: Parts): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const pen = canvas.getContext('2d')!;
  const frames: { at: number; took: number }[] = [];
  let last: number | undefined;
  let drawn = 0;
  let written = 0;

  // A page that is not seen gets no frames; that pause is nobody's fault.
  document.addEventListener('visibilitychange', () => (last = undefined));

  requestAnimationFrame(function frame(now) {
    requestAnimationFrame(frame);
    if (last !== undefined) frames.push({ at: now, took: now - last });
    last = now;
    while (frames.length > 0 && frames[0]!.at < now - span) frames.shift();
    if (now - drawn >= (calm.matches ? 1000 : 0)) {
      drawn = now;
      draw(now);
    }
    if (now - written >= 250) {
      written = now;
      write(now);
    }
  });

  function write(now: number): void {
    const longest = frames.reduce((most, { took }) => Math.max(most, took), 0);
    worst.textContent = `${Math.round(longest)} ms`;
    worst.dataset['level'] = level(longest);
    rate.textContent = String(frames.filter(({ at }) => at > now - 1000).length);
  }

  function draw(now: number): void {
    const { clientWidth, clientHeight } = canvas;
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const style = getComputedStyle(canvas);
    const colour = (name: string): string => style.getPropertyValue(`--${name}`);
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = colour('line');
    for (const mark of [1000 / 60, 50]) {
      pen.fillRect(0, Math.round(height * (1 - mark / tallest)), width, Math.ceil(scale));
    }
    const colours = { good: colour('good'), fair: colour('fair'), bad: colour('bad') };
    for (const { at, took } of frames) {
      const right = width * (1 - (now - at) / span);
      const wide = Math.max(1, (width * took) / span);
      const tall = Math.min(1, took / tallest) * height;
      pen.fillStyle = colours[level(took)];
      pen.fillRect(right - wide, height - tall, wide, tall);
    }
  }
}

/** 50 ms is where people begin to feel it, and what browsers call a long task. */
function level(took: number): 'good' | 'fair' | 'bad' {
  return took < 25 ? 'good' : took < 50 ? 'fair' : 'bad';
}
