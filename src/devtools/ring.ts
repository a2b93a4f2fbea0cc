/** Keeps the newest: so many, and no more than they may weigh. */

export interface Ring<Item> {
  readonly length: number;
  /** How many have gone to make room, since the last `clear`. */
  readonly gone: number;
  readonly weight: number;
  push(item: Item): void;
  /** One that is kept has come to weigh so much more. */
  grow(weight: number): void;
  /** What is kept now, the oldest first, in an array of its own. */
  list(): Item[];
  clear(): void;
}

export interface RingLimits<Item> {
  /** How many are kept at most; may change. */
  count(): number;
  /** Bytes, roughly. */
  readonly weight: number;
  weigh(item: Item): number;
  onDrop?(item: Item): void;
}

export function createRing<Item>({ count, weight: heaviest, weigh, onDrop }: RingLimits<Item>): Ring<Item> {
  let items: (Item | undefined)[] = [];
  let first = 0;
  let gone = 0;
  let weight = 0;

  function drop(): void {
    const item = items[first] as Item;
    weight -= weigh(item);
    onDrop?.(item);
    items[first++] = undefined;
    gone++;
    // Moving the rest down now and then costs less than doing it each time.
    if (first < 1_000 || first < items.length / 2) return;
    items = items.slice(first);
    first = 0;
  }

  function fit(): void {
    while (items.length - first > 1 && (items.length - first > count() || weight > heaviest)) drop();
  }

  return {
    get length() {
      return items.length - first;
    },
    get gone() {
      return gone;
    },
    get weight() {
      return weight;
    },
    push(item) {
      items.push(item);
      weight += weigh(item);
      fit();
    },
    grow(more) {
      weight += more;
      fit();
    },
    list: () => items.slice(first) as Item[],
    clear() {
      if (onDrop) for (let index = first; index < items.length; index++) onDrop(items[index] as Item);
      items = [];
      first = weight = gone = 0;
    },
  };
}
