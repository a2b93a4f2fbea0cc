/** Marks what is moved to the other side instead of copied. */

const lists = new WeakMap<object, Transferable[]>();

/**
 * Returns the same value, marked so that sending it moves the listed objects to the other side (zero copy) and leaves
 * them detached here: as an answer, as a stream's item, as a channel's message. Only what is sent itself may be
 * marked, not something inside it.
 */
export function transfer<T extends object>(value: T, list: Transferable[]): T {
  lists.set(value, list);
  return value;
}

export function transferOf(value: unknown): Transferable[] | undefined {
  return typeof value === 'object' && value !== null ? lists.get(value) : undefined;
}
