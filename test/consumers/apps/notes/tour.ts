/** What the page does with its core: both forms of a call, a refusal, an event, an abort, a lost core and the next. */
import { CorralError, type Connection } from 'corral';
import type { Notes } from './core.ts';

type Seen = Record<string, string>;

export async function tour({ invoke, once }: Connection<Notes>, terminate: () => void): Promise<Seen> {
  const seen: Seen = {};

  seen['proxy form'] = await invoke.greet({ name: 'Ada' });
  seen['string form'] = await invoke('greet', { name: 'Grace' });

  const refusal = await refusalOf(invoke.notes.add({ text: '' }));
  seen['refused call'] = `${refusal.code} by the ${refusal.side}`;

  let hear = (_text: string): void => {};
  const heard = new Promise<string>((resolve) => {
    hear = resolve;
  });
  await once('note-added', ({ payload }) => hear(`note ${payload.id}: ${payload.text}`));
  await invoke('notes.add', { text: 'buy milk' });
  seen['event'] = await heard;

  const giveUp = new AbortController();
  const backup = invoke.backup.run(undefined, { signal: giveUp.signal }).catch((error: unknown) => error);
  const before = await invoke.backup.state();
  giveUp.abort(new Error('changed my mind'));
  seen['abort'] = `${String(await backup)}; backup ${before}, then ${await invoke.backup.state()}`;

  const lost = refusalOf(invoke.backup.run());
  await invoke.backup.state();
  terminate();
  seen['lost core'] = (await lost).code;
  seen['next core'] = `backup ${await invoke.backup.state()}`;

  return seen;
}

export function show(seen: Seen): void {
  const list = document.querySelector('dl');
  for (const [what, result] of Object.entries(seen)) {
    const [term, description] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = what;
    description.textContent = result;
    list?.append(term, description);
  }
}

async function refusalOf(call: Promise<unknown>): Promise<CorralError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CorralError) return error;
    throw error;
  }
  throw new Error('The core took a call that it should have refused.');
}
