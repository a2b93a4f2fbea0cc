/** Filters the reference, and marks in the list of names what is being read. */

const field = document.querySelector<HTMLInputElement>('#filter')!;
const found = document.querySelector('#found')!;
const hint = [...found.childNodes];
const list = document.querySelector('details')!;
const doors = [...document.querySelectorAll<HTMLElement>('.door')];
const entries = [...document.querySelectorAll<HTMLElement>('.entry')].map((element) => ({
  element,
  name: element.dataset['name']!.toLowerCase(),
  text: element.textContent!.toLowerCase(),
  link: document.querySelector<HTMLAnchorElement>(`.names a[href="#${element.id}"]`)!,
}));

// On a phone the list of names would fill the screen: it opens on demand, and while somebody filters.
const narrow = matchMedia('(max-width: 64rem)');
list.open = !narrow.matches;
narrow.addEventListener('change', () => (list.open = !narrow.matches));

field.addEventListener('input', filter);
addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
  } else if (event.key === 'Escape' && typing) {
    field.value = '';
    filter();
  }
});

/** Names come first: text is only looked at where no name fits. */
function filter(): void {
  const wanted = field.value.trim().toLowerCase();
  const named = entries.filter(({ name }) => name.includes(wanted));
  const shown = new Set(named.length > 0 ? named : entries.filter(({ text }) => text.includes(wanted)));
  for (const entry of entries) entry.element.hidden = entry.link.parentElement!.hidden = !shown.has(entry);
  for (const door of doors) door.hidden = wanted !== '' && !door.querySelector('.entry:not([hidden])');
  if (wanted === '') found.replaceChildren(...hint);
  else found.textContent = `${shown.size} of ${entries.length}`;
  if (narrow.matches) list.open = wanted !== '';
}

/** What is linked to is shown, whatever the filter says. */
function reveal(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest('[hidden]')) return;
  field.value = '';
  filter();
  target.scrollIntoView();
}
addEventListener('hashchange', reveal);

const seen = new Set<Element>();
const reading = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) seen.add(target);
      else seen.delete(target);
    }
    const first = entries.find(({ element }) => seen.has(element));
    for (const { link } of entries) link.classList.toggle('reading', link === first?.link);
  },
  { rootMargin: '0px 0px -60% 0px' },
);
for (const { element } of entries) reading.observe(element);
