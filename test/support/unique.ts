/** A name that no other test uses: files share one browser, and with it locks, buses and shared workers. */
let count = 0;
export const unique = (prefix = 'test'): string => `${prefix}-${crypto.randomUUID().slice(0, 8)}-${++count}`;
