/** What the figures depend on: the browser, its clock, and whether anybody looks at the tab. */

interface Brand {
  brand: string;
  version: string;
}

export function browserName(): string {
  const brands = (navigator as { userAgentData?: { brands: Brand[] } }).userAgentData?.brands ?? [];
  const real = brands.filter(({ brand }) => !/not.?a.?brand|^chromium$/i.test(brand));
  const { brand, version } = real[0] ?? brands.find(({ brand }) => brand === 'Chromium') ?? {};
  if (brand) return `${brand} ${version}`;
  const [, name, number] = /(Firefox|Edg|HeadlessChrome|Chrome)\/(\d+)/.exec(navigator.userAgent) ?? [];
  if (name) return `${name} ${number}`;
  const [, safari] = /Version\/([\d.]+).*Safari/.exec(navigator.userAgent) ?? [];
  return safari ? `Safari ${safari}` : navigator.userAgent;
}

/** The smallest difference that `performance.now()` shows, in milliseconds. */
export function clockStep(): number {
  let smallest = Infinity;
  for (let time = 0; time < 20; time++) {
    const begin = performance.now();
    let now = begin;
    while (now === begin) now = performance.now();
    smallest = Math.min(smallest, now - begin);
  }
  return Number(smallest.toPrecision(2));
}

/** Follows whether the tab is seen; `tell` gets a sentence each time that changes. */
export function watchTab(tell: (text: string) => void): { seen(): Promise<void>; wasHidden(): boolean } {
  let times = 0;
  let hidden = document.hidden;
  const word = (): void => tell(`${document.hidden ? 'hidden' : 'seen'}${times ? `, was hidden ${times === 1 ? 'once' : `${times} times`}` : ', never hidden'}`);
  word();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) times++;
    hidden ||= document.hidden;
    word();
  });
  return {
    /** Resolves at once, or when the tab is seen again. */
    async seen() {
      while (document.hidden) await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
    },
    /** Whether it was hidden at any time since this was last asked. */
    wasHidden() {
      const was = hidden;
      hidden = document.hidden;
      return was;
    },
  };
}
