/** What the bench asks of every contender. */
import type { Person, Tick } from './data.ts';

export interface Connection {
  greet?(name: string): Promise<string>;
  echo?(people: Person[]): Promise<Person[]>;
  /** Moves the buffer to the worker and back. Absent where the library would copy it. */
  bounce?(buffer: ArrayBuffer): Promise<ArrayBuffer>;
  /** Resolves when the listener hears what `burst` sends. Absent where the worker cannot speak unasked. */
  subscribe?(listener: (tick: Tick) => void): Promise<unknown>;
  /** Asks the worker to send that many ticks, each by itself; may resolve before they arrive. */
  burst?(count: number): Promise<unknown>;
  /** Another client of the same worker makes so many calls and awaits none; resolves when all are settled. */
  flood?(calls: number): Promise<unknown>;
  /** The worker yields so many ticks, and the page reads them. Resolves with how many came. */
  stream?(count: number): Promise<number>;
  /** In one call the worker tells so many ticks to a function of the page's. Resolves with how many were heard. */
  channel?(count: number): Promise<number>;
  /** The worker makes so many bytes in chunks, and the page reads them. Resolves with how many came. */
  bytes?(size: number): Promise<number>;
  close(): void;
}

export interface Contender {
  name: string;
  /** No library, and no calls: a way to stream that one may take instead. */
  streamsOnly?: true;
  /** Footnotes by the name of a workload: why there is a dash, or what a figure means. */
  notes?: Record<string, string>;
  /** Starts a fresh worker; returns as soon as calls may be made. */
  open(): Connection | Promise<Connection>;
}
