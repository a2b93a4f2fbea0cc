/** The playground: what is open, what runs, and the buttons. */
import { createConsole } from './console.ts';
import { createDesk } from './desk.ts';
import { examples, openExample, type Example } from './examples.ts';
import { createHelp } from './help.ts';
import { createKept } from './kept.ts';
import { createMessages } from './messages.ts';
import { createPreview } from './preview.ts';
import { isSame, type Mistake, type Project } from './project.ts';
import { fromHash } from './share.ts';
import { createSharing } from './sharing.ts';
import { createTabs } from './tabs.ts';
import { createTypeCheck } from './type-check.ts';

const byId = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const [runButton, stopButton, resetButton] = ['run', 'stop', 'reset'].map((id) => byId<HTMLButtonElement>(id)) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
const main = document.querySelector('main')!;

/** As it was opened, for Reset. */
let opened: Project = { 'core.ts': '', 'page.ts': '' };
let project = opened;
let title = '';
/** Where what is typed is kept: an example's name, or what a link holds. */
let address = '';
let mistakes: Mistake[] = [];

const kept = createKept();
const panes = createTabs(byId('panes'), showPane);
panes.set(
  [
    { id: 'core', label: 'Core', panel: 'core-panel' },
    { id: 'page', label: 'Page', panel: 'page-panel' },
    { id: 'preview', label: 'Preview', panel: 'preview-panel' },
    { id: 'dock', label: 'Console', panel: 'dock-panel' },
  ],
  'core',
);

const docks = createTabs(byId('docks'), showDock);
const dockNames = { console: 'Console', messages: 'Messages', help: 'Help' };
docks.set(Object.entries(dockNames).map(([id, label]) => ({ id, label, panel: `${id}-panel` })), 'console');
createHelp(byId('help-panel'));

const desk = createDesk({
  core: byId('core-editor'),
  page: byId('page-editor'),
  files: byId('files'),
  onChange(file, text) {
    project = { ...project, [file]: text };
    resetButton.disabled = isSame(project, opened);
    if (resetButton.disabled) kept.forget(address);
    else kept.keep(address, project);
    types.check(project);
  },
  onFocus: () => void types.load(),
});
const types = createTypeCheck({ status: byId('types'), desk });
const log = createConsole(byId('console'), (place) => {
  showPane(place.file === 'core.ts' ? 'core' : 'page');
  desk.goTo(place);
});
const messages = createMessages(byId('messages-panel'));
const preview = createPreview(byId('stage'), {
  print(line) {
    log.print(line);
    if (line.level !== 'error' || !line.place) return;
    mark([...mistakes, { message: line.text, place: line.place }]);
  },
  inspect: messages.attach,
});

const sharing = createSharing({ project: () => project, title: () => title, say: (text) => log.say(text, 'error') });
byId('share').addEventListener('click', sharing.share);
byId('download').addEventListener('click', sharing.download);
runButton.addEventListener('click', () => {
  // On a phone only one part is to be seen: then what runs.
  if (byId('panes').checkVisibility()) showPane('preview');
  void run();
});
byId('notice').querySelector('button')!.addEventListener('click', () => void run());
stopButton.addEventListener('click', () => {
  preview.stop();
  setStatus('stopped');
  notice('Stopped: the frame is gone, and its workers with it.', 'Run again');
});
resetButton.addEventListener('click', () => {
  kept.forget(address);
  open(opened, { name: title, at: address });
  void run();
});
// Before an editor makes a new line of it.
addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.stopPropagation();
  void run();
}, { capture: true });
addEventListener('hashchange', () => void openHash());

fillGallery();
void openHash();

/** Starts what is in the editors, in a new frame with new workers. */
async function run(): Promise<void> {
  log.clear();
  void messages.begin();
  mark([]);
  notice();
  setStatus('running');
  const found = await preview.run(project);
  if (found.length === 0) return;
  setStatus('not started');
  mark(found);
  for (const { message, place } of found) log.say(message, 'error', place);
  notice(found.map(({ message, place }) => (place ? `${place.file}, line ${place.line}, column ${place.column}: ${message}.` : message)).join('\n'));
}

function mark(found: Mistake[]): void {
  mistakes = found;
  desk.mark(found);
}

/** Opens it with what was typed there before; returns whether there was anything. */
function open(next: Project, { name, at }: { name: string; at: string }): boolean {
  opened = next;
  project = kept.find(at) ?? next;
  title = name;
  address = at;
  resetButton.disabled = isSame(project, opened);
  desk.open(project);
  types.check(project);
  byId('title').textContent = name;
  return !resetButton.disabled;
}

/** Shows what is open, and leaves it to the visitor to run it. */
function wait(sentence: string): void {
  preview.stop();
  log.clear();
  void messages.begin();
  setStatus('not started');
  notice(sentence, 'Run it');
}

/** `#greet` is an example, `#code=…` a project in a link. */
async function openHash(): Promise<void> {
  const hash = location.hash.slice(1);
  const example = examples.find(({ name }) => name === hash);
  if (!hash.startsWith('code=')) {
    await openExampleNamed(example ?? examples[0]!);
    if (hash !== '' && !example) log.say(`There is no example called “${hash}”. This is the first one.`, 'error');
    return;
  }
  try {
    const shared = fromHash(hash.slice('code='.length));
    // A link that is opened anew holds what was shared; a reload and the Back button find their entry of the history marked.
    if (history.state === null) kept.forget(hash);
    history.replaceState({ opened: true }, '');
    const isEdited = open(shared, { name: 'Shared project', at: hash });
    about('Somebody sent you this project in a link. Read it, then run it.');
    wait(`This project came with the link${isEdited ? ', and you have changed it. Reset brings back what was sent' : ''}. It runs in a frame without an origin: nothing of this site is in its reach.`);
  } catch (error) {
    await openExampleNamed(examples[0]!);
    log.say((error as Error).message, 'error');
  }
}

async function openExampleNamed(example: Example): Promise<void> {
  const isEdited = open(openExample(example), { name: example.title, at: example.name });
  about(example.about);
  for (const link of byId('gallery').querySelectorAll('a')) link.setAttribute('aria-current', String(link.hash === `#${example.name}`));
  // What was typed last may be what froze the tab.
  if (isEdited) wait('You have changed this example. Reset brings back how it was.');
  else await run();
}

function fillGallery(): void {
  byId('gallery').querySelector('ul')!.append(
    ...examples.map(({ name, title: text, about: sentence }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = `#${name}`;
      link.append(Object.assign(document.createElement('strong'), { textContent: text }), Object.assign(document.createElement('span'), { textContent: sentence }));
      link.addEventListener('click', () => {
        byId('gallery').hidePopover();
        // The same address is no change of it.
        if (location.hash === link.hash) void openHash();
      });
      item.append(link);
      return item;
    }),
  );
}

function about(sentence: string): void {
  byId('about').textContent = sentence;
}

function setStatus(text: string): void {
  byId('state').textContent = text;
  stopButton.disabled = text !== 'running';
}

/** In place of the preview: a sentence, and perhaps a button that runs the project. */
function notice(text = '', button = ''): void {
  const [told, again] = byId('notice').children as unknown as [HTMLElement, HTMLElement];
  told.textContent = text;
  if (button) again.textContent = button;
  again.hidden = button === '';
  byId('notice').hidden = text === '';
  byId('stage').hidden = text !== '';
}

function showPane(id: string): void {
  main.dataset['pane'] = id;
  panes.select(id);
}

function showDock(id: string): void {
  main.dataset['dock'] = id;
  for (const one of Object.keys(dockNames)) byId(`${one}-panel`).hidden = one !== id;
}
