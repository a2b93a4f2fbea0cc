/** What the bench asks of every contender. */
import type { Person, Tick } from './data.ts';

export interface Connection {
  greet(name: string): Promise<string>;
  echo(people: Person[]): Promise<Person[]>;
  /** Moves the buffer to the worker and back. Absent where the library would copy it. */
  bounce?(buffer: ArrayBuffer): Promise<ArrayBuffer>;
  /** Resolves when the listener hears what `burst` sends. Absent where the worker cannot speak unasked. */
  subscribe?(listener: (tick: Tick) => void): Promise<unknown>;
  /** Asks the worker to send that many ticks, each by itself; may resolve before they arrive. */
  burst?(count: number): Promise<unknown>;
  close(): void;
}

export interface Contender {
  name: string;
  /** Footnotes by the name of a workload: why there is a dash, or what a figure means. */
  notes?: Record<string, string>;
  /** Starts a fresh worker; returns as soon as calls may be made. */
  open(): Connection | Promise<Connection>;
}
