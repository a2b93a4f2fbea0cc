/** How this page writes numbers. */

const whole = new Intl.NumberFormat('en');
const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

export function count(value: number): string {
  return whole.format(Math.round(value));
}

export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
}

/** '200 MB', '16.4 MB', '512 bytes': three digits that count. */
export function bytes(value: number): string {
  const unit = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const shown = value / 1000 ** unit;
  return `${shown >= 100 || unit === 0 ? count(shown) : shown.toFixed(shown >= 10 ? 1 : 2)} ${value === 1 ? 'byte' : units[unit]}`;
}
