/** The gallery: each example shows one thing, and says which. Its files are in examples/. */
import { isFileName, type Project } from './project.ts';

export interface Example {
  readonly name: string;
  readonly title: string;
  readonly about: string;
}

const told: Readonly<Record<string, readonly [title: string, about: string]>> = {
  greet: ['Greet', 'The page asks, the core answers, and refuses what does not fit the schema.'],
  events: ['Events', 'Either side may speak: the core tells the temperature, the page its wish.'],
  abort: ['Abort and timeout', 'A signal or a timeout ends a call, and the handler hears of it.'],
  errors: ['Typed errors', 'A declared error arrives with its code and details; others stay in the core.'],
  progress: ['Progress', 'A channel belongs to one call: many messages, in order, before the answer.'],
  stream: ['A slow reader', 'A stream is made as fast as it is read, and ends when its reader leaves.'],
  file: ['A file handle', 'A live object stays in the core; the page holds a handle until it releases it.'],
  guest: ['A guest in a frame', 'A sandboxed frame is let in under a label, and may do what that is granted.'],
  crash: ['A core that dies', 'One that crashes is started again; one that hangs is reported.'],
  retained: ['Retained state', 'A retained event tells its last value to whoever listens later.'],
  plugin: ['A plugin', 'Commands, events and setup in a bundle; middleware around every call.'],
  'script-tag': ['Script tag', 'No build: one script tag on the page, one importScripts in a classic worker.'],
};

export const examples: readonly Example[] = Object.entries(told).map(([name, [title, about]]) => ({ name, title, about }));

const texts = import.meta.glob<string>('./examples/*/*.{ts,html}', { query: '?raw', import: 'default', eager: true });

export function openExample({ name }: Example): Project {
  const prefix = `./examples/${name}/`;
  const found = Object.entries(texts).filter(([path]) => path.startsWith(prefix));
  const files = found.map(([path, text]) => [path.slice(prefix.length), text] as const);
  return Object.fromEntries(files.filter(([file]) => isFileName(file))) as Project;
}
