/** The preview's half in a document: puts the page together, and stands in for the server that its files would come from. */
import { inspect, relay } from 'corral/devtools';
import { capture } from './capture.ts';
import { BASE, scriptOf, shellOf, type Line, type Load, type Report, type Tell } from './protocol.ts';
import { createRun } from './run.ts';

/** Asks who is around this frame for what to run. The frame has no origin, so only windows can be told apart. */
export function runDocument(): { run?: ReturnType<typeof createRun> } {
  const playground: { run?: ReturnType<typeof createRun> } = {};
  const onMessage = (event: MessageEvent): void => {
    const { source, data, ports: [port] } = event;
    if (source !== parent || !port || typeof data?.load !== 'object') return;
    event.stopImmediatePropagation();
    removeEventListener('message', onMessage);
    void start(data.load as Load, port, playground);
  };
  addEventListener('message', onMessage);
  parent.postMessage({ playground: 'up' }, '*');
  return playground;
}

async function start(load: Load, port: MessagePort, playground: { run?: ReturnType<typeof createRun> }): Promise<void> {
  const { files, html, entry, globals } = load;
  const print = html === undefined ? printer() : undefined;
  const tell: Tell = (report, transfer = []) => {
    port.postMessage(report, transfer);
    if (print && 'text' in report && report.from === entry) print(report);
  };
  const urls = new Map(Object.entries(globals).map(([name, text]) => [name, urlOf(text)]));
  const scripts = new Map<string, string>();
  const uncaught = capture(entry, scripts, tell);
  const { port1, port2 } = new MessageChannel();
  relay(port1);
  tell({ inspect: entry }, [port2]);
  hostWorkers(load, urls, tell);
  hostFrames(load, tell);
  // Not reported to the window: WebKit would say of it that there was some error.
  playground.run = createRun(uncaught);
  if (html !== undefined) await fill(html, urls);
  const url = urlOf(scriptOf(entry, files[entry] ?? ''));
  scripts.set(url, entry);
  const script = document.createElement('script');
  // Without it, WebKit takes the script for a stranger's, and says of its errors that there were some.
  script.crossOrigin = 'anonymous';
  script.src = url;
  document.body.append(script);
}

function urlOf(script: string): string {
  return URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
}

/** What the page prints is what it shows. */
function printer(): (line: Line) => void {
  const shown = document.createElement('pre');
  shown.className = 'printed';
  document.body.append(shown);
  return ({ level, text }) => {
    const line = document.createElement('span');
    line.className = level;
    line.textContent = text;
    shown.append(line);
    if (shown.childElementCount > 500) shown.firstElementChild?.remove();
  };
}

/** Scripts that are set as HTML do not run, so each is made anew, in order. */
async function fill(html: string, urls: ReadonlyMap<string, string>): Promise<void> {
  document.body.innerHTML = html;
  for (const written of document.body.querySelectorAll('script')) {
    const script = document.createElement('script');
    for (const { name, value } of written.attributes) script.setAttribute(name, value);
    const own = urls.get(script.getAttribute('src')?.split('/').at(-1) ?? '');
    if (own) script.src = own;
    script.text = written.text;
    const loaded = new Promise((resolve) => {
      script.onload = script.onerror = resolve;
    });
    written.replaceWith(script);
    if (script.src) await loaded;
  }
}

/** `new Worker(new URL('./core.ts', import.meta.url))` starts the compiled core. */
function hostWorkers({ runtime, files }: Load, urls: ReadonlyMap<string, string>, tell: Tell): void {
  const bus = new BroadcastChannel(`playground-${Math.random()}`);
  bus.onmessage = ({ data }: MessageEvent<Report>) => tell(data);
  const setups = new Map<string, string>();
  const setUp = (file: string): string => {
    const setup = `var $setup=${JSON.stringify({ file, bus: bus.name, imports: Object.fromEntries(urls) })};\n${runtime}`;
    return urlOf(scriptOf(file, files[file] ?? '', `importScripts(${JSON.stringify(urlOf(setup))});`));
  };
  const NativeWorker = Worker;
  globalThis.Worker = class extends NativeWorker {
    constructor(url: string | URL, options: WorkerOptions = {}) {
      const file = fileAt(url, files);
      if (file === undefined) return new NativeWorker(url, options) as never;
      const script = setups.get(file) ?? setUp(file);
      setups.set(file, script);
      // Classic: Chromium starts no module from a blob in a frame without an origin.
      super(script, options.name === undefined ? {} : { name: options.name });
      // Said before anything that the page says to its core.
      tell({ inspect: file }, [inspect(this)]);
      // What cannot be parsed cannot speak for itself.
      this.addEventListener('error', (event) => {
        const { message, filename, lineno, colno } = event;
        // Else this document would report it as its own.
        event.preventDefault();
        const text = message ?? 'The core cannot be run, and this browser does not say why: it may have a syntax error, or workers are forbidden here.';
        if (message === undefined || /SyntaxError/.test(message)) tell({ level: 'error', from: file, text, place: filename === script ? { file, line: lineno, column: colno } : undefined, uncaught: true });
      });
    }
  };
}

/** `frame.src = './guest.html'` opens a document that runs guest.ts. */
function hostFrames(load: Load, tell: Tell): void {
  const guests = new Map<HTMLIFrameElement, string>();
  const { set } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'src') as { set(this: HTMLIFrameElement, url: string): void };
  Object.defineProperty(HTMLIFrameElement.prototype, 'src', {
    set(this: HTMLIFrameElement, url: string) {
      const file = fileAt(url, load.files);
      if (file === undefined) return set.call(this, url);
      guests.set(this, file);
      this.srcdoc = shellOf(load.runtime);
    },
  });
  addEventListener('message', (event) => {
    if (event.data?.playground !== 'up') return;
    const [frame, entry] = [...guests].find(([one]) => one.contentWindow === event.source) ?? [];
    if (!frame || !entry) return;
    event.stopImmediatePropagation();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data, ports }: MessageEvent<Report>) => tell(data, [...ports]);
    frame.contentWindow?.postMessage({ load: { ...load, entry, html: undefined } satisfies Load }, '*', [port2]);
  });
}

/** The file of the project that a URL means; a page or a script means the TypeScript that it is made of. */
function fileAt(url: string | URL, files: Load['files']): string | undefined {
  const { href } = new URL(url, BASE);
  const name = href.startsWith(BASE) ? href.slice(BASE.length).replace(/\.(?:js|html)$/, '.ts') : '';
  return Object.hasOwn(files, name) ? name : undefined;
}
