/** What the test of the demos runs inside a page, which gets these functions as text. */

/** Runs in the page, before its scripts: keeps what the status line said, how far it was, and what shifted unasked. */
export function watch() {
  const seen = (globalThis.seen = { states: [], shares: [], shift: 0 });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) seen.shift += value;
  }).observe({ type: 'layout-shift', buffered: true });
  document.addEventListener('DOMContentLoaded', () => {
    const [status, progress] = [document.getElementById('status'), document.getElementById('progress')];
    if (!status) return;
    new MutationObserver(() => seen.states.push(status.textContent)).observe(status, { childList: true });
    if (progress) new MutationObserver(() => seen.shares.push(progress.value)).observe(progress, { attributeFilter: ['value'] });
  });
}

/** Runs in the page: what keeps people from reading or using it. */
export function flaws() {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (!document.documentElement.lang) found.push('no language');
  if (!document.title) found.push('no title');
  for (const one of ['h1', 'main']) if (all(one).length !== 1) found.push(`${all(one).length} × ${one}`);
  all('h1, h2, h3, h4').reduce((above, heading) => {
    const level = Number(heading.tagName[1]);
    if (level > above + 1) found.push(`h${level} follows h${above}: ${heading.textContent}`);
    return level;
  }, 0);
  const named = (element) =>
    element.labels?.length || element.ariaLabel || element.alt === '' || element.textContent.trim() ||
    element.getAttribute('aria-labelledby')?.split(' ').every((id) => document.getElementById(id));
  for (const element of all('a, button, input, output, img, progress, [role], [tabindex]')) {
    if (!named(element)) found.push(`no name: ${element.outerHTML.slice(0, 80)}`);
  }
  const ids = all('[id]').map(({ id }) => id);
  for (const id of ids.filter((id, place) => ids.indexOf(id) !== place)) found.push(`id twice: ${id}`);
  for (const name of ['for', 'aria-controls', 'aria-describedby', 'aria-labelledby', 'aria-activedescendant']) {
    for (const element of all(`[${name}]`)) {
      const missing = element.getAttribute(name).split(' ').filter((id) => !ids.includes(id));
      if (missing.length > 0) found.push(`${name} names no element: ${missing}`);
    }
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`${scrollWidth} pixels wide`);
  return found;
}
