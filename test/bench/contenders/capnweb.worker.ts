/** The worker behind Cap'n Web. */
import { newMessagePortRpcSession, RpcTarget } from 'capnweb';
import type { RpcStub } from 'capnweb';
import { chunks, ticks, type Person, type Tick } from '../data.ts';

export class Main extends RpcTarget {
  #listener: RpcStub<(tick: Tick) => void> | undefined;

  greet(name: string): string {
    return `Hello, ${name}!`;
  }

  echo(people: Person[]): Person[] {
    return people;
  }

  subscribe(listener: RpcStub<(tick: Tick) => void>): void {
    this.#listener = listener.dup();
  }

  burst(count: number): void {
    // Disposing the promise at once says that nobody wants the answer.
    for (let id = 1; id <= count; id++) this.#listener?.({ id })[Symbol.dispose]();
  }

  items(count: number): ReadableStream<Tick> {
    return toStream(ticks(count));
  }

  tell(count: number, hear: RpcStub<(tick: Tick) => void>): void {
    for (const tick of ticks(count)) hear(tick)[Symbol.dispose]();
  }

  chunks(size: number): ReadableStream<Uint8Array> {
    return toStream(chunks(size));
  }
}

function toStream<Item>(source: Iterator<Item>): ReadableStream<Item> {
  return new ReadableStream({
    pull(controller) {
      const { value, done } = source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

globalThis.onmessage = ({ ports: [port] }: MessageEvent) => {
  if (port) newMessagePortRpcSession(port, new Main());
};
