/** The landing page's proof: asks a real core, refuses to be fooled by it, and survives its death. */
import { connect, isCorralError } from 'corral';
import type { Greeter } from './greet/core.ts';

let worker: Worker;
const { invoke } = connect<Greeter>(() => (worker = new Worker(new URL('./greet/core.ts', import.meta.url), { type: 'module' })));

const said = document.querySelector('.said')!;
const name = document.querySelector<HTMLInputElement>('#name')!;

document.querySelector('form')!.addEventListener('submit', (event) => {
  event.preventDefault();
  void ask(`invoke.greet({ name: ${show(name.value)} })`, () => invoke.greet({ name: name.value }));
});

/** What the compiler would refuse; a page that was tampered with would not ask it. */
const untyped = invoke as unknown as (command: string, args: unknown) => Promise<unknown>;

const deeds: Record<string, () => Promise<void>> = {
  number: () => ask('invoke.greet({ name: 42 })', () => untyped('greet', { name: 42 })),
  unknown: () => ask("invoke('secrets.read')", () => untyped('secrets.read', undefined)),
  async terminate() {
    await ask('invoke.greet(…), then worker.terminate()', () => {
      const answer = invoke.greet({ name: name.value });
      worker.terminate();
      return answer;
    });
    await ask('invoke.greet(…), of the next core', () => invoke.greet({ name: name.value }));
  },
};
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-do]')) {
  button.addEventListener('click', () => void deeds[button.dataset['do']!]!());
}

await ask(`invoke.greet({ name: ${show(name.value)} }), while it starts`, () => invoke.greet({ name: name.value }));
await deeds['number']!();

/** Asks, and writes down what came of it and how long that took. The list keeps the last three. */
async function ask(text: string, call: () => Promise<unknown>): Promise<void> {
  const item = document.createElement('li');
  const begin = performance.now();
  const outcome = await call().then(
    (answer) => ({ kind: 'yes', text: show(answer) }),
    (error: unknown) => ({ kind: 'no', text: isCorralError(error) ? `${error.code}: ${error.message}` : String(error) }),
  );
  const took = performance.now() - begin;
  item.className = outcome.kind;
  item.append(element('code', text), element('span', `${took.toFixed(1)} ms`), element('p', outcome.text));
  said.append(item);
  while (said.children.length > 3) said.firstElementChild!.remove();
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
