/** The page: hands its canvas over once, and then sends wishes and hears of frames. It draws nothing of the picture. */
import { Channel, connect, isCorralError } from 'corral';
import type { Painter } from './core.ts';
import { figuresOf, startFrames } from './frames.ts';
import type { PaletteName } from './palette.ts';
import type { Wishes } from './picture.ts';

const find = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E;
const button = (id: string): HTMLButtonElement => find<HTMLButtonElement>(id);
const easel = find('easel');
const sliders = [...document.querySelectorAll<HTMLInputElement>('input[type=range]')];

interface Drawn {
  frames: number[];
  work: number;
  particles: number;
}

let worker: Worker;
let live: Channel<Drawn, Wishes> | undefined;
/** What nobody moves a slider for. */
const state = { running: !matchMedia('(prefers-reduced-motion: reduce)').matches, seed: 1, pointer: undefined as Wishes['pointer'] };

const { invoke, listen } = connect<Painter>(() => (worker = new Worker(new URL('./core.ts', import.meta.url), { type: 'module' })));
const frames = startFrames(find<HTMLCanvasElement>('frames'));

// #region shown
/** A canvas can be handed over once only: each core gets a new one. */
async function draw(): Promise<void> {
  const canvas = document.createElement('canvas');
  easel.replaceChildren(canvas);
  const offscreen = canvas.transferControlToOffscreen();
  live = new Channel<Drawn, Wishes>(note);
  wish();
  try {
    // Runs for as long as the core draws. The canvas moves there; nothing of it is copied.
    await invoke.draw({ canvas: offscreen, live }, { transfer: [offscreen] });
  } catch (error) {
    complain(error);
  }
}

/** Tells the core how it should look from now on. */
function wish(): void {
  void live?.send(wishes());
}
// #endregion shown

function wishes(): Wishes {
  const { width, height } = easel.getBoundingClientRect();
  const value = Object.fromEntries(sliders.map((slider) => [slider.id, slider.valueAsNumber])) as Record<'particles' | 'speed' | 'swirls' | 'trail', number>;
  return {
    ...value,
    ...state,
    // A trail's length is what is felt, and not what is lost of it in a step.
    trail: 1 - 1 / value.trail,
    width: Math.max(1, Math.round(width * devicePixelRatio)),
    height: Math.max(1, Math.round(height * devicePixelRatio)),
    palette: document.querySelector<HTMLInputElement>('[name=palette]:checked')!.value as PaletteName,
    dark: isDark(),
  };
}

/** By the button in the header, or else by the system. */
function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

// --- what somebody wishes ---

for (const slider of sliders) {
  const shown = document.querySelector<HTMLOutputElement>(`output[for=${slider.id}]`)!;
  const show = (): void => void (shown.value = slider.valueAsNumber.toLocaleString('en'));
  slider.addEventListener('input', () => {
    show();
    wish();
  });
  show();
}
for (const radio of document.querySelectorAll('[name=palette]')) radio.addEventListener('change', wish);
document.addEventListener('theme', wish);
new ResizeObserver(wish).observe(easel);

easel.addEventListener('pointermove', ({ offsetX, offsetY }) => {
  state.pointer = { x: offsetX / easel.clientWidth, y: offsetY / easel.clientHeight };
  // Where nothing moves, a hand that passes by moves nothing either.
  if (state.running) wish();
});
easel.addEventListener('pointerleave', () => {
  state.pointer = undefined;
  if (state.running) wish();
});
button('seed').addEventListener('click', () => {
  state.seed++;
  wish();
});
button('pause').addEventListener('click', () => {
  state.running = !state.running;
  state.pointer = undefined;
  showRunning();
  wish();
});
button('terminate').addEventListener('click', () => worker.terminate());
button('block').addEventListener('click', () => {
  say('This page does nothing else now…');
  // Once that has been painted.
  requestAnimationFrame(() => setTimeout(block));
});

/** Computes without a pause, which stops everything else that a page does. */
function block(): void {
  const from = performance.timeOrigin + performance.now();
  const until = performance.now() + 2_000;
  while (performance.now() < until);
  const to = performance.timeOrigin + performance.now();
  // What the core told meanwhile is heard from now on.
  setTimeout(() => {
    const { times } = frames.core;
    const drawn = times.filter((time) => time > from && time < to).length;
    const pauses = times.map((time, n) => ({ begun: times[n - 1] ?? time, time })).filter(({ begun, time }) => time > from && begun < to);
    const longest = Math.ceil(Math.max(0, ...pauses.map(({ begun, time }) => time - begun)));
    const meanwhile = state.running ? `Meanwhile the core drew ${drawn} frames, never more than ${longest.toLocaleString('en')} ms apart.` : 'The core was paused: let it play, and it draws meanwhile.';
    say(`For ${((to - from) / 1000).toFixed(1)} s this page was blocked. ${meanwhile}`);
  }, 300);
}

// --- what is heard of the core ---

function note({ frames: done, work, particles }: Drawn): void {
  frames.core.times.push(...done);
  find('work').textContent = `${(work / done.length).toFixed(1)} ms`;
  find('drawn').textContent = particles.toLocaleString('en');
}

setInterval(() => {
  const now = performance.timeOrigin + performance.now();
  for (const lane of ['page', 'core'] as const) {
    const figures = figuresOf(frames[lane], now);
    find(`${lane}-rate`).textContent = figures ? String(figures.perSecond) : '0';
    find(`${lane}-longest`).textContent = figures ? `${Math.round(figures.longest).toLocaleString('en')} ms` : '–';
  }
}, 500);

void listen('corral:core-lost', ({ payload: { message, restarting } }) => {
  live = undefined;
  say(restarting ? `${message} Starting another…` : message, true);
});
void listen('corral:core-restarted', () => {
  say('Another core draws now, on a new canvas.');
  void draw();
});

function complain(error: unknown): void {
  if (isCorralError(error, 'CONNECTION_LOST')) return;
  say(isCorralError(error) && error.code === 'NO_CONTEXT' ? 'This browser has no 2D context for canvases in workers.' : String(error), true);
}

function showRunning(): void {
  button('pause').textContent = state.running ? 'Pause' : 'Play';
}

function say(text: string, trouble = false): void {
  find('status').textContent = text;
  find('state').classList.toggle('trouble', trouble);
}

if ('transferControlToOffscreen' in HTMLCanvasElement.prototype) {
  showRunning();
  say(state.running ? 'The core draws. Move over the picture, or move a slider.' : 'You prefer reduced motion: the core has drawn one picture, and waits.');
  void draw();
} else {
  for (const one of document.querySelectorAll<HTMLInputElement | HTMLButtonElement>('.desk input, .desk button')) one.disabled = true;
  say('This browser cannot hand a canvas to a worker (OffscreenCanvas). There is nothing to see here.', true);
}
