/** Axe finds nothing in the inspector: light and dark, wide and narrow, empty, full, and with a line open. */
import { assert } from 'chai';
import 'corral/devtools';
import type { AxeResults } from 'axe-core';
import { openInProcess, rejection } from '../support/corral.ts';
import { createWorkshop, rowsOf, show, shows, within } from './support.ts';

declare global {
  interface Window {
    axe: { run(context: Element, options: object): Promise<AxeResults> };
  }
}

before('loads axe', () => {
  const script = document.createElement('script');
  script.src = '/node_modules/axe-core/axe.min.js';
  document.head.append(script);
  return new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
  });
});

/** The rules that speak about a whole page say nothing about an element. */
async function faults(element: Element): Promise<string[]> {
  const { violations } = await window.axe.run(element, { rules: { region: { enabled: false } } });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`));
}

for (const scheme of ['light', 'dark']) {
  for (const width of [1200, 340]) {
    it(`is sound in ${scheme}, ${width} pixels wide`, async () => {
      const inspector = show();
      inspector.style.colorScheme = scheme;
      inspector.style.inlineSize = `${width}px`;
      await shows(inspector, 'that it is empty', () => within(inspector, '.empty')[0]?.textContent !== '');
      assert.deepEqual(await faults(inspector), []);
      const { invoke } = openInProcess(createWorkshop());
      for (let n = 0; n < 15; n++) await invoke.echo({ n, list: [null, true, 'text'], large: 'x'.repeat(3_000), bytes: new Uint8Array(3) });
      await rejection(invoke.full());
      await rejection(invoke.greet({ name: 3 as never }));
      await rejection(invoke.sleep(undefined, { timeout: 1 }));
      const { file } = await invoke.open();
      await file.read(1);
      await shows(inspector, 'the lines', () => rowsOf(inspector).length > 5);
      assert.deepEqual(await faults(inspector), []);
      for (const wanted of ['echo', 'greet']) {
        const row = rowsOf(inspector).find((one) => one.querySelector('.name')?.textContent?.endsWith(wanted));
        row?.click();
        row?.focus();
        assert.deepEqual(await faults(inspector), []);
      }
      assert.isAtMost(within(inspector, '.frame')[0]?.scrollWidth as number, width);
    });
  }
}
