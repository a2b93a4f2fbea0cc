/** The worker behind Cap'n Web. */
import { newMessagePortRpcSession, RpcTarget } from 'capnweb';
import type { RpcStub } from 'capnweb';
import type { Person, Tick } from '../data.ts';

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
}

globalThis.onmessage = ({ ports: [port] }: MessageEvent) => {
  if (port) newMessagePortRpcSession(port, new Main());
};
