// What the tests of the playground do with it: open it, type into its editors, read its console.
import assert from 'node:assert/strict';
import { watch } from './in-page.mjs';

/** Opens the playground in a context of its own and hands out `Bench`; fails on what its console complains of unasked. */
export async function atPlayground(browser, url, act, { width = 1280, height = 860, expected = /$^/ } = {}) {
  const context = await browser.createBrowserContext();
  const complaints = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`page error: ${error?.stack ?? error}`));
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== new URL(url).origin) complaints.push(`asked a stranger: ${request.url()}`);
    });
    await page.setViewport({ width, height, deviceScaleFactor: width < 500 ? 2 : 1 });
    await page.evaluateOnNewDocument(watch);
    await page.goto(url);
    await act(bench(page), page);
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
  } finally {
    await context.close();
  }
}

function bench(page) {
  const lines = () =>
    page.$$eval('#console li', (all) =>
      all.map((line) => ['from', 'text', 'place'].map((part) => line.querySelector(`.${part}`)?.textContent ?? '').join(' | ').replace(/ \| $/, '')),
    );
  const until = async (what, check, patience = 60_000) => {
    const end = Date.now() + patience;
    for (;;) {
      const found = await check();
      if (found) return found;
      if (Date.now() > end) assert.fail(`${what} never came. The console:\n${(await lines()).join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  const held = async (...keys) => {
    for (const key of keys.slice(0, -1)) await page.keyboard.down(key);
    await page.keyboard.press(keys.at(-1));
    for (const key of keys.slice(0, -1)) await page.keyboard.up(key);
  };
  return {
    lines,
    until,
    held,
    /** Waits for a line of the console, `from | text | place`. */
    prints: (pattern) => until(`A line like ${pattern}`, async () => (await lines()).find((line) => pattern.test(line))),
    run: () => held('Control', 'Enter'),
    /** Replaces what is in an editor. */
    async write(editor, text) {
      await page.click(`#${editor}-editor .cm-content`);
      await held('Control', 'a');
      await page.keyboard.sendCharacter(text);
    },
    text: (selector) => page.$eval(selector, (element) => element.textContent),
    /** The document of the preview, or of the guest in it. */
    frame: (depth = 1) => until('The preview', () => page.frames().find((frame) => depthOf(frame) === depth)),
    marks: (editor) => page.$$eval(`#${editor}-editor .cm-lint-marker-error`, (all) => all.length),
  };
}

function depthOf(frame) {
  return frame.parentFrame() ? depthOf(frame.parentFrame()) + 1 : 0;
}

const head = `import { connect } from 'corral';
import type { Greeter } from './core.ts';
const { invoke } = connect<Greeter>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));
`;

const core = (handler, more = '') => `import { command, createCore, serve } from 'corral/core';
import * as v from 'valibot';
const greeter = createCore({ name: 'greeter', commands: { greet: command({ args: v.object({ name: v.string() }),
  handler: ${handler} }) } });
export type Greeter = typeof greeter;
serve(greeter);
${more}`;

const fine = "({ name }) => 'Hello, ' + name";

/** Mistakes: what is written where, and the line of the console that says so. */
export const mistakes = {
  'a page that cannot be parsed': { page: `${head}const a: number = ;\n`, says: /^playground \| Unexpected token \| page\.ts:4:19$/, notRun: /page\.ts, line 4, column 19: Unexpected token/ },
  'a core that cannot be parsed': { core: core('({ name }) => {'), says: /^playground \| .* \| core\.ts:\d+:\d+$/, notRun: /core\.ts, line \d+/ },
  'a name that is declared twice': { page: `${head}const a = 1;\n  const a = 2;\n`, says: /^page \| SyntaxError: .*already been declared \| page\.ts:5:9$/ },
  'one that is, in the core': { core: core(fine, 'const greeter = 1;'), says: /^core \| .*SyntaxError.*already been declared \| core\.ts:7:7$/ },
  'an error behind types that were taken out': { page: `${head}function f(x: number): void {\n  if (x > 0) { const y: string = ''; throw new TypeError('boom'); }\n}\nf(1);`, says: /^page \| TypeError: boom \| page\.ts:5:44$/ },
  'an error in the first line': { page: 'const q: number = 1; throw new Error(`${q}`);', says: /^page \| Error: 1 \| page\.ts:1:28$/ },
  'an error in a later turn': { page: `${head}setTimeout(() => {\n  null!.foo;\n});`, says: /^page \| TypeError: .* \| page\.ts:5:9$/ },
  'a call that is refused': { page: `${head}console.log('now');\nawait invoke.greet({ name: 5 as never });`, says: /^page \| CorralError INVALID_ARGUMENTS: .* \| page\.ts:5:1$/ },
  'an import of what is not there': { page: "import _ from 'lodash';\nconsole.log(_);", says: /^page \| Error: Cannot import `lodash`: here are .* \| page\.ts:1:1$/ },
  'a handler that throws': { core: core('({ name }) => { const z: any = undefined; return z.length + name; }'), says: /^core \| greet TypeError: .* \| core\.ts:4:\d+$/ },
  'a core that throws before it serves': { core: core(fine).replace('export type', "  throw new RangeError('top');\nexport type"), says: /^core \| RangeError: top \| core\.ts:5:9$/ },
  'a rejection that nobody handles in the core': { core: core(fine, "void Promise.reject(new Error('later'));"), says: /^core \| .*Error: later \| core\.ts:7:\d+$/ },
  'a loop without end on the page': { page: `${head}let n = 0;\n  while (true) n++;\n`, says: /^page \| Error: This loop ran for two seconds .* \| page\.ts:5:\d+$/ },
  'a loop that never leaves its turn': { page: 'for (;;) await null;', says: /^page \| Error: This loop ran for two seconds .* \| page\.ts:1:\d+$/ },
};

/** Cores that never come back, once they have said that they begin. The one that prints does so twice as often as is told of it, and no oftener: Puppeteer hears every line. */
export const loops = {
  'in a handler': core("({ name }) => { console.log('begins'); for (;;); return name; }"),
  'at the top': core(fine, "console.log('begins');\nfor (;;);"),
  'that prints': core(fine, "console.log('begins');\nfor (let n = 0; ; n++) {\n  console.log('line', n);\n  for (const end = performance.now() + 0.5; performance.now() < end; );\n}"),
};

/** What each example must print, in this order among other lines. */
export const examples = {
  greet: ['page | Hello, Ada!', /^page \| `greet` was not run, its argument was refused: .* at `name`\.$/],
  events: [/^page \| The payload of `wish` was refused/, 'page | It is 20 °C now, as wished.'],
  abort: ['page | 10 m deep', 'page | aborted: I changed my mind', 'page | too slow: TimeoutError'],
  errors: ['page | withdrew 30, 20 left', 'page | There is only 20.', /^page \| INVALID_ARGUMENTS \[\{ path: \["amount"\]/, /^page \| `audit` failed: the core keeps the reason to itself/],
  progress: ['page | 20 loaves after 20 messages, the last one 1'],
  stream: [/^page \| read 1 MB, the core has made (?:[1-9]|1\d|2\d) MB$/, /^page \| read 8 MB, the core has made (?:[1-9]|[1-3]\d) MB$/, 'core | The camera is switched off.'],
  file: ['page | read up to byte 40 of 66', 'core | jabberwocky.txt is closed.'],
  guest: ['guest | Soup, bread, cake', /^guest \| .*`read`: out of scope/, /^guest \| .*`read`: out of scope/, /^guest \| .*`burn`: not granted/, 'guest | That is all I could get.'],
  crash: [/^page \| up since /],
  retained: ['page | theme: dark', 'page | click 2', 'page | theme: light', 'page | theme, heard by one who came later: light'],
  plugin: ['page | from the app itself', /^page \| it is \d{4}-/, /^page \| tick \d+$/, /^page \| tick \d+$/, /^page \| tick \d+$/],
  'script-tag': ['page | Hello, script tag!'],
};
