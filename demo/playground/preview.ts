/** The preview: compiles a project, runs it in a sandboxed frame of its own, and tells what comes of it. */
import * as v from 'valibot';
import { compile, originalColumn, type Compiled } from './compile.ts';
import { filesOf, type Mistake, type Place, type Project } from './project.ts';
import { HEAD, LONGEST, shellOf, type Level, type Load } from './runtime/protocol.ts';

/** What a thread of the project printed, or did not catch. */
export interface Printed {
  readonly level: Level;
  readonly from: string;
  readonly text: string;
  readonly place: Place | undefined;
  readonly uncaught: boolean;
}

export interface PreviewOptions {
  print(line: Printed): void;
  /** A thread of the project has begun: here is what shows its messages. */
  inspect(file: string, port: MessagePort): void;
}

export interface Preview {
  /** Ends what runs, and starts the project anew. Resolves with what keeps it from starting: nothing, or mistakes. */
  run(project: Project): Promise<Mistake[]>;
  /** Ends the frame, and with it every worker that it started, whatever they do. */
  stop(): void;
}

/** What others wrote may run in the frame: it has no origin, so that no storage, cookie or page of this site is in its reach. */
const SANDBOX = ['allow-scripts', 'allow-forms'];

const rawPlace = v.object({ file: v.string(), line: v.number(), column: v.number(), isOriginal: v.optional(v.literal(true)) });

/** What the frame may say. Whoever wrote its code can reach what the runtime uses, and so say anything. */
const heard = v.union([
  v.object({
    level: v.picklist(['debug', 'info', 'log', 'warn', 'error']),
    from: v.pipe(v.string(), v.maxLength(20)),
    text: v.pipe(v.string(), v.maxLength(2 * LONGEST)),
    place: v.optional(rawPlace),
    uncaught: v.optional(v.literal(true)),
  }),
  v.object({ inspect: v.pipe(v.string(), v.maxLength(20)) }),
]);
type Heard = v.InferOutput<typeof heard>;

export function createPreview(stage: HTMLElement, { print, inspect }: PreviewOptions): Preview {
  let stopped = new AbortController();

  function stop(): void {
    stopped.abort();
    stage.replaceChildren();
  }

  async function run(project: Project): Promise<Mistake[]> {
    stop();
    const { signal } = (stopped = new AbortController());
    const compiled = new Map<string, Compiled>();
    const mistakes: Mistake[] = [];
    for (const file of filesOf(project).filter((name) => name.endsWith('.ts'))) {
      const result = compile(file, project[file] ?? '');
      if ('code' in result) compiled.set(file, result);
      else mistakes.push(result);
    }
    if (mistakes.length > 0) return mistakes;
    const isScriptTag = Object.values(project).some((text) => text.includes('.global.js'));
    const [{ default: runtime }, globals] = await Promise.all([import('virtual:playground/runtime'), isScriptTag ? import('virtual:playground/globals') : undefined]);
    if (signal.aborted) return [];
    const files = Object.fromEntries([...compiled].map(([file, { code }]) => [file, code]));
    const load: Load = { runtime, files, html: project['index.html'], entry: 'page.ts', globals: globals?.default ?? {} };
    open(load, signal, (report, [port]) => {
      if ('inspect' in report) port && inspect(report.inspect, port);
      else print({ ...report, place: report.place && placeIn(compiled, report.place), uncaught: report.uncaught === true });
    });
    return [];
  }

  function open(load: Load, signal: AbortSignal, hear: (report: Heard, ports: readonly MessagePort[]) => void): void {
    const frame = document.createElement('iframe');
    frame.title = 'Preview';
    frame.sandbox.add(...SANDBOX);
    frame.srcdoc = shellOf(load.runtime);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data, ports }: MessageEvent<unknown>) => {
      const { success, output } = v.safeParse(heard, data);
      if (success && !signal.aborted) hear(output, ports);
    };
    signal.addEventListener('abort', () => port1.close());
    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source !== frame.contentWindow || data?.playground !== 'up') return;
      removeEventListener('message', onMessage);
      frame.contentWindow?.postMessage({ load }, '*', [port2]);
    };
    addEventListener('message', onMessage, { signal });
    stage.append(frame);
  }

  return { run, stop };
}

function placeIn(compiled: ReadonlyMap<string, Compiled>, { file, line, column, isOriginal }: v.InferOutput<typeof rawPlace>): Place {
  if (isOriginal) return { file, line, column };
  const made = column - 1 - (line === 1 ? HEAD : 0);
  return { file, line, column: originalColumn(compiled.get(file)?.columns[line - 1], Math.max(made, 0)) + 1 };
}
