/** Marks what an answer moves to the client instead of copying it. */

const lists = new WeakMap<object, Transferable[]>();

/**
 * Returns the same value, marked so that answering with it moves the listed objects to the client (zero copy) and
 * leaves them detached here. Only the answer itself may be marked, not something inside it.
 */
export function transfer<T extends object>(value: T, list: Transferable[]): T {
  lists.set(value, list);
  return value;
}

export function transferOf(value: unknown): Transferable[] | undefined {
  return typeof value === 'object' && value !== null ? lists.get(value) : undefined;
}
