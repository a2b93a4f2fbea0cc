/** The guest: a third party's script in a sandboxed frame. It tries ten things and shows what it was told. */
import { connect, fromParent, isCorralError } from 'corral';
import type { House } from './core.ts';

// It may say what it likes: its label is the one of its invitation. Its page is the one that serves it.
const { invoke, listen, emit, invite } = connect<House>(fromParent({ origin: new URL(location.href).origin }), { label: 'main' });
const unlisten = new Map<string, () => void>();

/** A listening that goes on, and says so when it is ended. */
async function hear(event: 'weather-changed' | 'mail'): Promise<string> {
  unlisten.get(event)?.();
  const onEnd = (error: unknown): void => void show(event, error);
  unlisten.set(event, await listen(event, () => {}, { onEnd }));
  return 'listening';
}

/** What a guest would not have in its types, it can still say. */
const invokeAny = invoke as unknown as (command: string) => Promise<unknown>;

const attempts: Record<string, { what: string; run: () => Promise<unknown> }> = {
  weather: { what: 'Ask for the weather', run: () => invoke.weather.today() },
  'weather-changed': { what: 'Hear when it changes', run: () => hear('weather-changed') },
  public: { what: 'Read /public/today.txt', run: () => invoke.files.read({ path: '/public/today.txt' }) },
  secret: { what: 'Read /secret/diary.txt', run: () => invoke.files.read({ path: '/secret/diary.txt' }) },
  detour: { what: 'Read /public/../secret/diary.txt', run: () => invoke.files.read({ path: '/public/../secret/diary.txt' }) },
  token: { what: 'Get the account’s token', run: () => invoke.account.token() },
  guess: { what: 'Guess at a command: account.password', run: () => invokeAny('account.password') },
  mail: { what: 'Hear the page’s mail', run: () => hear('mail') },
  theme: { what: 'Tell everyone another theme', run: () => emit('theme', 'ugly').then(() => 'told') },
  label: { what: 'Hand out a port as “main”', run: () => invite({ label: 'main' }).then(() => 'handed out, with no more than I have') },
};

const list = document.querySelector('ol')!;
for (const [id, { what }] of Object.entries(attempts)) {
  const item = document.createElement('li');
  item.id = id;
  item.append(Object.assign(document.createElement('strong'), { textContent: what }), document.createElement('span'));
  list.append(item);
}
new ResizeObserver(() => parent.postMessage({ height: document.documentElement.offsetHeight }, '*')).observe(document.documentElement);

async function tryAll(): Promise<void> {
  for (const [id, { run }] of Object.entries(attempts)) await run().then((answer) => show(id, answer), (error: unknown) => show(id, error));
  document.body.dataset['tried'] = 'all';
}

function show(id: string, answer: unknown): void {
  const item = document.getElementById(id)!;
  const refused = answer instanceof Error;
  item.className = refused ? 'no' : 'yes';
  // The first sentence is what the gate said; the second tells the core's author what to do.
  item.querySelector('span')!.textContent = isCorralError(answer) ? `${answer.message.split('. ')[0]}.` : String(answer);
}

addEventListener('message', ({ source, data }) => {
  if (source === parent && data === 'try') void tryAll();
});
void tryAll();
