/** A row of tabs, as the ARIA Authoring Practices describe it: one stop of the Tab key, arrows between them. */

export interface Tabs {
  /** Shows these tabs, and selects one of them. */
  set(names: readonly { id: string; label: string; panel: string }[], selected: string): void;
  select(id: string): void;
}

export function createTabs(list: HTMLElement, onSelect: (id: string) => void): Tabs {
  list.setAttribute('role', 'tablist');
  const tabs = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role=tab]')];

  function select(id: string): void {
    for (const tab of tabs()) {
      const isSelected = tab.dataset['tab'] === id;
      tab.setAttribute('aria-selected', String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
    }
  }

  list.addEventListener('click', ({ target }) => {
    const id = (target as Element).closest<HTMLElement>('[role=tab]')?.dataset['tab'];
    if (id) choose(id);
  });
  list.addEventListener('keydown', (event) => {
    const all = tabs();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = all.at(to % all.length);
    next?.focus();
    if (next?.dataset['tab']) choose(next.dataset['tab']);
  });

  function choose(id: string): void {
    select(id);
    onSelect(id);
  }

  return {
    set(names, selected) {
      list.replaceChildren(
        ...names.map(({ id, label, panel }) => {
          const tab = document.createElement('button');
          tab.type = 'button';
          tab.id = `tab-${id.replace('.', '-')}`;
          tab.dataset['tab'] = id;
          tab.textContent = label;
          tab.setAttribute('role', 'tab');
          tab.setAttribute('aria-controls', panel);
          return tab;
        }),
      );
      select(selected);
    },
    select,
  };
}
