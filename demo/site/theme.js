// Sets the theme that was chosen on this site, before anything is painted. Without a choice the system's holds.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);

  function set(theme) {
    if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;
    else delete root.dataset.theme;
    tell();
  }
  /** `theme` on the document is for whoever draws with colours of their own. */
  function tell() {
    document.querySelector('.site-theme')?.setAttribute('aria-pressed', String(isDark()));
    document.dispatchEvent(new Event('theme'));
  }
  /** Storage may be forbidden: then a choice lasts as long as its page. */
  function stored(act) {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  }

  set(stored((storage) => storage.getItem('theme')));
  system.addEventListener('change', tell);
  addEventListener('storage', ({ key, newValue }) => key === 'theme' && set(newValue));
  addEventListener('DOMContentLoaded', () => {
    tell();
    document.querySelector('.site-theme')?.addEventListener('click', () => {
      const wanted = isDark() ? 'light' : 'dark';
      // What the system wants anyway is no choice.
      const choice = (wanted === 'dark') === system.matches ? null : wanted;
      set(choice);
      stored((storage) => (choice ? storage.setItem('theme', choice) : storage.removeItem('theme')));
    });
  });
})();
