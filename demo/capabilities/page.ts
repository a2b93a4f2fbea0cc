/** The page: lets the guest in under its label, switches its grants, and writes down what the gate decided. */
import { connect, inviteWindow } from 'corral';
import type { House } from './core.ts';

const connection = connect<House>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));
const { invoke, listen } = connection;

const guest = document.querySelector('iframe')!;
const log = document.querySelector('tbody')!;
const ended = document.getElementById('ended') as HTMLOutputElement;

// A sandboxed frame has no origin that could be named: it is 'null', and its window is what tells it from others.
inviteWindow(guest.contentWindow!, { label: 'guest', origin: 'null', connection });
guest.src = './guest.html';

const reasons: Record<string, string> = {
  granted: 'granted by',
  'not-granted': 'nothing grants it',
  'out-of-scope': 'not with this argument:',
  revoked: 'it was revoked meanwhile',
};

void listen('decision', ({ payload: { allowed, action, name, reason, capability } }) => {
  const row = log.insertRow(0);
  row.className = allowed ? 'yes' : 'no';
  row.insertCell().textContent = allowed ? 'yes' : 'no';
  const what = row.insertCell();
  what.append(`${action} `, element('code', name));
  const why = row.insertCell();
  why.append(reasons[reason] ?? reason);
  if (capability) why.append(' ', element('code', capability));
  if (reason === 'revoked') ended.value = `The guest’s ${action} of ${name} ended: ${reasons[reason]}.`;
  while (log.rows.length > 40) log.deleteRow(-1);
});

for (const input of document.querySelectorAll<HTMLInputElement>('input[data-grant]')) {
  input.addEventListener('change', async () => {
    ended.value = '';
    await invoke.gate.set({ grant: input.dataset['grant'] as 'weather', on: input.checked });
    tryAgain();
  });
}
document.getElementById('again')!.addEventListener('click', tryAgain);

function tryAgain(): void {
  log.replaceChildren();
  guest.contentWindow!.postMessage('try', '*');
}

// The frame cannot be looked into, so it says how tall it is.
addEventListener('message', ({ source, data }) => {
  if (source === guest.contentWindow && typeof data?.height === 'number') guest.style.height = `${Math.min(data.height, 2_000)}px`;
});

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
