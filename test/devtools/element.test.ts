/** The element: found by the keys and by the eye, filtered, paused, emptied, saved; small however much there is. */
import { assert } from 'chai';
import { Channel } from 'corral';
import 'corral/devtools';
import { atEnd, eventually, openInProcess, rejection } from '../support/corral.ts';
import { createWorkshop, lineOf, rowsOf, show, shows, textsOf, told, within } from './support.ts';

const press = (target: Element, key: string): boolean => target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
const selected = (inspector: Element & { shadowRoot: ShadowRoot | null }): Element | null => inspector.shadowRoot?.activeElement ?? null;

describe('<corral-inspector>', () => {
  it('shows a line for a call, and on demand its arguments and its answer as trees', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop(), { label: 'solo' });
    await invoke.echo({ list: [1, 'two', { three: 3 }], when: new Date(0), bytes: new Uint8Array(5) });
    await shows(inspector, 'the call', () => textsOf(inspector, 'name').some((name) => name.endsWith('echo')));
    const row = rowsOf(inspector).find((one) => one.querySelector('.name')?.textContent?.endsWith('echo')) as HTMLElement;
    row.click();
    const [detail] = within(inspector, '.detail');
    assert.isFalse(detail?.hidden);
    assert.deepEqual(within(inspector, '.detail h3').map((title) => title.textContent), ['Arguments', 'Answer']);
    const [tree] = within(inspector, '.tree');
    const labels = (): string[] => [...(tree?.querySelectorAll('li') ?? [])].map((item) => item.firstElementChild?.tagName === 'DETAILS' ? (item.querySelector('summary')?.textContent ?? '') : (item.textContent ?? ''));
    assert.include(labels(), 'bytes: Uint8Array(5)');
    assert.include(labels(), 'when: 1970-01-01T00:00:00.000Z');
    const list = [...(tree?.querySelectorAll('summary') ?? [])].find((one) => one.textContent?.startsWith('list')) as HTMLElement;
    assert.notInclude(labels(), "1: 'two'");
    list.click();
    await eventually('the branch is open', () => labels().includes("1: 'two'"));
    press(row, 'Escape');
    assert.isTrue(detail?.hidden);
  });

  for (const width of [1200, 806, 600, 340]) {
    it(`has room for its lines beside their details, ${width} pixels wide`, async () => {
      const inspector = show();
      inspector.style.inlineSize = `${width}px`;
      const { invoke } = openInProcess(createWorkshop());
      for (let n = 0; n < 5; n++) await invoke.greet({ name: 'Ada' });
      await shows(inspector, 'the calls', () => rowsOf(inspector).length > 5);
      rowsOf(inspector)[1]?.click();
      const places = (): number[] => rowsOf(inspector).map((row) => row.getBoundingClientRect().top - (Number(row.ariaRowIndex) - 1) * row.offsetHeight);
      await shows(inspector, 'line below line', () => Math.max(...places()) - Math.min(...places()) < 1);
      const right = (one: Element | undefined): number => one?.getBoundingClientRect().right ?? 0;
      for (const cell of within(inspector, '.row .cell')) assert.isAtMost(right(cell), right(within(inspector, '.table')[0]) + 0.5, cell.className);
    });
  }

  it('filters by name, client, kind and outcome', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop(), { label: 'one' });
    await invoke.greet({ name: 'Ada' });
    const other = openInProcess(createWorkshop(), { label: 'main' });
    await rejection(invoke.full());
    for await (const item of await other.invoke.count(2)) assert.isBelow(item, 2);
    const [find] = within(inspector, 'input') as HTMLInputElement[];
    const [client, kind, outcome] = within(inspector, 'select') as HTMLSelectElement[];
    await shows(inspector, 'the clients', () => [...(client?.options ?? [])].some(({ value }) => value === 'one'));
    const set = async (control: HTMLInputElement | HTMLSelectElement | undefined, value: string): Promise<string[]> => {
      (control as HTMLInputElement).value = value;
      control?.dispatchEvent(new Event(control instanceof HTMLInputElement ? 'input' : 'change'));
      await frame();
      return within(inspector, '.row').map((row) => `${row.querySelector('.client')?.textContent} ${row.querySelector('.name')?.textContent?.split(': ').at(-1)}`);
    };
    assert.deepEqual(await set(find, 'FULL'), ['one full', 'one (core) full']);
    assert.deepEqual(await set(client, 'one'), ['one full']);
    await set(find, '');
    assert.deepEqual(await set(outcome, 'done'), ['one one', 'one greet']);
    assert.deepEqual(await set(kind, 'calls'), ['one greet']);
    await set(client, '');
    await set(outcome, '');
    assert.deepEqual(await set(kind, 'streams'), ['main (core) count', 'main count']);
    assert.match(within(inspector, '.kept')[0]?.textContent ?? '', /^2 of \d+ lines/);
    assert.deepEqual(await set(find, 'nothing of the kind'), []);
    assert.equal(within(inspector, '.empty')[0]?.textContent, 'No line passes the filter.');
  });

  it('is walked through with the keys, one line at a time or a page, and the open line follows', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    for (let n = 0; n < 60; n++) await invoke.echo(n);
    await shows(inspector, 'all of them', () => told(inspector).length === 60);
    await frame();
    const [last] = rowsOf(inspector).slice(-1);
    assert.deepEqual(rowsOf(inspector).map((row) => row.tabIndex).filter((index) => index === 0), [0]);
    last?.focus();
    const at = (): number => Number(selected(inspector)?.getAttribute('aria-rowindex'));
    const end = at();
    press(selected(inspector) as Element, 'ArrowUp');
    assert.equal(at(), end - 1);
    press(selected(inspector) as Element, 'Home');
    assert.equal(at(), 2);
    press(selected(inspector) as Element, 'Enter');
    assert.equal(within(inspector, '.detail')[0]?.hidden, false);
    const title = within(inspector, '.detail h2')[0]?.textContent;
    press(selected(inspector) as Element, 'PageDown');
    assert.isAbove(at(), 4);
    assert.equal(selected(inspector)?.getAttribute('aria-selected'), 'true');
    assert.notEqual(within(inspector, '.detail')[0]?.textContent, title);
    press(selected(inspector) as Element, 'End');
    assert.equal(at(), end);
    // What comes meanwhile takes nobody's place away.
    await invoke.echo('more');
    await frame();
    assert.equal(at(), end);
    press(selected(inspector) as Element, 'Escape');
    assert.equal(within(inspector, '.detail')[0]?.hidden, true);
    assert.equal(at(), end);
  });

  it('stays with what is in view while more comes, and at the end if it was there', async () => {
    const inspector = show({ limit: '200' });
    const { invoke } = openInProcess(createWorkshop());
    for (let n = 0; n < 90; n++) await invoke.echo(n);
    const [body] = within(inspector, '.body') as [HTMLElement];
    // All of it: a line that is not drawn yet cannot be scrolled to.
    await shows(inspector, 'the end', () => Math.abs(body.scrollTop + body.clientHeight - inspector.toJSON().length * 26) < 2);
    const first = (): HTMLElement | undefined => rowsOf(inspector).find((row) => row.getBoundingClientRect().top > body.getBoundingClientRect().top - 1);
    const inView = (): string | null | undefined => first()?.querySelector('.time')?.textContent;
    body.scrollTop = 26 * 100;
    await shows(inspector, 'the hundredth line on top', () => first()?.ariaRowIndex === '102');
    const before = inView();
    for (let n = 0; n < 40; n++) await invoke.echo(n);
    await shows(inspector, 'the hundredth line further up', () => Number(first()?.ariaRowIndex) < 102);
    assert.equal(inView(), before);
    body.scrollTop = body.scrollHeight;
    await frame();
    await invoke.greet({ name: 'Ada' });
    await frame();
    await shows(inspector, 'the newest', () => textsOf(inspector, 'name').some((name) => name.endsWith('greet')));
  });

  it('keeps nothing while paused, counts all the same, and lets go of everything when cleared', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    await invoke.echo(1);
    const [pause, clear] = within(inspector, '.actions button') as HTMLButtonElement[];
    pause?.click();
    assert.isTrue(inspector.paused);
    const stop = new AbortController();
    const sleeping = rejection(invoke.sleep(undefined, { signal: stop.signal }));
    await invoke.greet({ name: 'Ada' });
    assert.deepEqual(told(inspector).map(({ name }) => name), ['echo']);
    assert.notInclude(inspector.transcript(), 'greet');
    assert.equal(inspector.counts().calls, 1);
    await shows(inspector, 'that it is paused', () => pause?.getAttribute('aria-pressed') === 'true');
    await shows(inspector, 'one call', () => within(inspector, '.counts dd').map((figure) => figure.textContent).join() === '1,0,0,0,0');
    stop.abort();
    await sleeping;
    await shows(inspector, 'zero', () => within(inspector, '.counts dd').every((figure) => figure.textContent === '0'));
    pause?.click();
    await invoke.greet({ name: 'Ada' });
    assert.equal(lineOf(inspector, 'greet').outcome, 'done');
    clear?.click();
    assert.deepEqual(inspector.toJSON(), []);
    assert.equal(inspector.transcript(), '');
    await shows(inspector, 'nothing', () => rowsOf(inspector).length === 0);
  });

  it('saves the timeline as JSON, and what crossed as JSON Lines of JSON-RPC', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    await invoke.greet({ name: 'Ada' });
    await rejection(invoke.full());
    const saved: Promise<string>[] = [];
    const { createObjectURL } = URL;
    URL.createObjectURL = (blob: Blob) => {
      saved.push(blob.text());
      return 'javascript:void 0';
    };
    atEnd(() => (URL.createObjectURL = createObjectURL));
    for (const button of within(inspector, '.actions button').slice(2)) button.click();
    const [timeline = '', transcript = ''] = await Promise.all(saved);
    assert.deepEqual(JSON.parse(timeline), JSON.parse(JSON.stringify(inspector.toJSON())));
    const lines = transcript.trimEnd().split('\n').map((line) => JSON.parse(line) as { client: string; from: string; message: Record<string, unknown> });
    const own = lines.filter(({ client }) => client === 'main').map(({ from, message }) => [from, message]);
    assert.deepEqual(own.slice(-4), [
      ['client', { jsonrpc: '2.0', id: 1, method: 'greet', params: { name: 'Ada' } }],
      ['core', { jsonrpc: '2.0', id: 1, result: 'Hello, Ada!' }],
      ['client', { jsonrpc: '2.0', id: 2, method: 'full' }],
      ['core', { jsonrpc: '2.0', id: 2, error: { code: -32000, message: '`full` failed with FULL.', data: { code: 'FULL', details: { limit: 10 } } } }],
    ]);
  });

  it('is small however much there is: 100,000 calls leave as many lines as it keeps, and a screenful of elements', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    for (let done = 0; done < 50_000; done += 2_000) await Promise.all(Array.from({ length: 2_000 }, (_, n) => invoke.echo(n)));
    await shows(inspector, 'the newest', () => /older gone/.test(within(inspector, '.kept')[0]?.textContent ?? ''));
    await frame();
    // Each call is seen at both ends.
    assert.equal(inspector.toJSON().length, 10_000);
    assert.isAtMost(inspector.transcript().trimEnd().split('\n').length, 10_000);
    assert.isBelow((inspector.shadowRoot as ShadowRoot).querySelectorAll('*').length, 500);
    assert.isBelow(rowsOf(inspector).length, 40);
    assert.deepEqual(inspector.counts(), { calls: 0, listeners: 0, channels: 0, streams: 0, resources: 0 });
  }).timeout(300_000);

  it('keeps no more than so much of large values, and none of their bytes', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    const buffer = new ArrayBuffer(5_000_000);
    await invoke.echo({ buffer }, { transfer: [buffer] });
    await invoke.echo(Array.from({ length: 5_000 }, (_, n) => ({ n, text: 'x'.repeat(3_000) })));
    const [first, second] = told(inspector);
    assert.isAbove(first?.bytes as number, 10_000_000);
    assert.deepEqual(first?.input, { buffer: '<ArrayBuffer of 5000000 bytes>' });
    assert.isBelow(JSON.stringify(second).length, 1_000_000);
    assert.deepInclude(second, { bytesAreExact: false });
  });

  it('keeps streams of any length as one line', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    let count = 0;
    for await (const item of await invoke.count(20_000)) count += item < 20_000 ? 1 : 0;
    assert.equal(count, 20_000);
    assert.deepInclude(lineOf(inspector, 'count', 'stream'), { items: 20_000, outcome: 'done' });
    assert.lengthOf(told(inspector), 2);
    await invoke.report({ progress: new Channel() });
  });

  it('puts calls on a track of the performance panel when asked to, and keeps no measure', async () => {
    const inspector = show();
    const seen: PerformanceEntry[] = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().filter(({ name }) => name.startsWith('corral: '))));
    observer.observe({ type: 'measure' });
    atEnd(() => observer.disconnect());
    const { invoke } = openInProcess(createWorkshop());
    await invoke.echo(1);
    inspector.measure = true;
    await invoke.greet({ name: 'Ada' });
    await eventually('it was measured', () => seen.length >= 2);
    assert.deepEqual([...new Set(seen.map(({ name }) => name))], ['corral: greet']);
    const { detail } = seen[0] as PerformanceMeasure;
    assert.deepInclude((detail as { devtools: object }).devtools, { dataType: 'track-entry', track: 'Corral' });
    assert.lengthOf(performance.getEntriesByName('corral: greet'), 0);
  });

  it('shows what crossed before it was there, and what crosses after it was moved', async () => {
    const { invoke } = openInProcess(createWorkshop(), { label: 'early' });
    await invoke.greet({ name: 'Ada' });
    const inspector = document.createElement('corral-inspector');
    atEnd(() => inspector.remove());
    document.body.append(inspector);
    assert.equal(lineOf(inspector, 'greet', 'call', 'early').outcome, 'done');
    const box = document.createElement('div');
    atEnd(() => box.remove());
    document.body.append(box);
    box.append(inspector);
    await frame();
    await invoke.echo(1);
    assert.deepEqual(told(inspector, 'early').map(({ name }) => name), ['greet', 'echo']);
    inspector.remove();
    await frame();
    await invoke.echo(2);
    document.body.append(inspector);
    assert.deepEqual(told(inspector, 'early').map(({ name }) => name), ['greet', 'echo', 'echo']);
  });

  it('runs no getter and changes nothing of what it shows', async () => {
    const inspector = show();
    const { invoke } = openInProcess(createWorkshop());
    await invoke.greet({ name: 'Ada' }); // what waits for a core is cloned
    let ran = 0;
    const value = { plain: 1, inner: { get once() { return ++ran; } } };
    assert.deepEqual(await invoke.echo(value), { plain: 1, inner: { once: ran } });
    assert.deepEqual(lineOf(inspector, 'echo').input, { plain: 1, inner: { once: '<getter>' } });
  });
});
