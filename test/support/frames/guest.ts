/** A guest in a frame: connects through the page around it, and does what the test tells it to. */
import { connect, fromParent, inviteWindow, type Contract } from 'corral';

interface Anything extends Contract {
  readonly '~contract': { readonly commands: object; readonly events: Record<string, never> };
}

const asked = new URLSearchParams(location.search);
const host = asked.get('host') ?? 'null';
const connection = connect<Anything>(fromParent({ origin: host }), { label: 'main', startTimeout: Number(asked.get('patience') ?? 50_000) });
const invoke = connection.invoke as unknown as (command: string, args?: unknown) => Promise<unknown>;
const heard: unknown[] = [];
let inner: HTMLIFrameElement | undefined;

const orders: Record<string, (...args: never[]) => unknown> = {
  invoke: (command: string, args: unknown) => invoke(command, args),
  async listen(event: never) {
    await connection.listen(event, ({ payload }) => void heard.push(payload), { onEnd: (error) => void heard.push((error as { code: string }).code) });
  },
  heard: () => heard,
  stats: () => connection.stats(),
  /** What the browser lets this frame do beside talking to its page. */
  async powers() {
    const tries: Record<string, () => unknown> = {
      localStorage: () => localStorage.length,
      indexedDB: () => new Promise((resolve, reject) => {
        const request = indexedDB.open('x');
        request.onsuccess = resolve;
        request.onerror = () => reject(request.error);
      }),
      cookies: () => document.cookie,
      caches: () => caches.keys(),
      locks: () => navigator.locks.query(),
      sharedWorker: () => new SharedWorker('/test/support/cores/workshop.core.ts', { type: 'module' }),
      parentDocument: () => parent.document.title,
    };
    const allowed: string[] = [];
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        await attempt();
        allowed.push(name);
      } catch {
        // Refused by the browser, as it should be.
      }
    }
    return allowed;
  },
  /** Opens a frame of its own and lets it in under that label. */
  nest(label: string) {
    inner = document.createElement('iframe');
    inner.sandbox.add('allow-scripts');
    inner.src = `${location.pathname}?host=null`;
    const up = new Promise<void>((resolve) => {
      addEventListener('message', ({ source, data }) => source === inner?.contentWindow && data?.up && resolve());
    });
    document.body.append(inner);
    inviteWindow(inner.contentWindow as Window, { label, origin: 'null', connection, onError: () => {} });
    return up;
  },
  /** Tells the inner frame. */
  inner: (order: string, ...args: unknown[]) => tell(inner?.contentWindow as Window, order, ...args),
};

let last = 0;

/** Tells a frame what to do; resolves with what it answered. */
function tell(frame: Window, order: string, ...args: unknown[]): Promise<unknown> {
  const id = `guest ${++last}`;
  return new Promise((resolve, reject) => {
    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source !== frame || data?.answers !== id) return;
      removeEventListener('message', onMessage);
      if ('error' in data) reject(Object.assign(new Error(data.error), data));
      else resolve(data.value);
    };
    addEventListener('message', onMessage);
    frame.postMessage({ order, id, args }, '*');
  });
}

addEventListener('message', async ({ source, data }) => {
  const todo = orders[data?.order as string];
  if (source !== parent || !todo) return;
  const reply = (answer: object): void => parent.postMessage({ answers: data.id, ...answer }, '*');
  try {
    reply({ value: await todo(...(data.args as never[])) });
  } catch (error) {
    reply({ error: String(error), code: (error as { code?: string }).code });
  }
});
parent.postMessage({ up: true }, '*');
