/** Two joined ports in one thread, as strict as the real ones: what cannot be cloned is refused, what is transferred is moved. */
import type { Port } from '../client.ts';

/** One end. It can be given to `connect`, `serve` or read by hand. */
export interface TestPort extends Port {
  onmessage: ((event: MessageEvent) => void) | null;
  start(): void;
  close(): void;
  /** True after `close()`, here or at the other end. */
  readonly closed: boolean;
  /** Delivers something that the receiver cannot deserialize, as an engine does: without its data. */
  garble(): void;
  /** Holds back what is sent from here until the returned function is called; then all of it is delivered, in order. */
  hold(): () => void;
}

/**
 * Makes a joined pair: what is posted at one end arrives at the other in a later task, in order. Messages wait until
 * the receiving end is started or has an `onmessage`, as with a MessagePort.
 */
export function linkPair(): [TestPort, TestPort] {
  const left = createEnd();
  const right = createEnd();
  left.other = right;
  right.other = left;
  return [left.port, right.port];
}

interface End {
  port: TestPort;
  other: End | undefined;
  deliver(type: 'message' | 'messageerror', data: unknown, ports: MessagePort[]): void;
  /** The other end has closed: closes this one too, after what was posted before. */
  hangUp(): void;
}

function createEnd(): End {
  const target = new EventTarget();
  const inbox: (() => void)[] = [];
  let started = false;
  let closed = false;
  let held: (() => void)[] | undefined;
  let onMessage: TestPort['onmessage'] = null;

  const wake = new MessageChannel();
  wake.port1.onmessage = () => inbox.shift()?.();

  function enqueue(task: () => void): void {
    if (closed) return;
    inbox.push(task);
    if (started) wake.port2.postMessage(null);
  }

  const end: End = {
    other: undefined,
    deliver: (type, data, ports) => enqueue(() => target.dispatchEvent(new MessageEvent(type, { data, ports }))),
    hangUp: () => enqueue(() => end.port.close()),
    port: {
      get onmessage() {
        return onMessage;
      },
      set onmessage(handler) {
        onMessage = handler;
        end.port.start();
      },
      postMessage(message, transfer = []) {
        // A MessageEvent's ports are the transferred ones; structuredClone moves them but does not list them.
        const parcel = structuredClone({ message, ports: transfer.filter((item) => item instanceof MessagePort) }, { transfer });
        if (closed) return;
        const go = (): void => end.other?.deliver('message', parcel.message, parcel.ports);
        if (held) held.push(go);
        else go();
      },
      addEventListener: (type, listener) => target.addEventListener(type, listener as EventListener),
      removeEventListener: (type, listener) => target.removeEventListener(type, listener as EventListener),
      start() {
        if (started) return;
        started = true;
        for (let waiting = inbox.length; waiting > 0; waiting--) wake.port2.postMessage(null);
      },
      close() {
        if (closed) return;
        closed = true;
        inbox.length = 0;
        wake.port1.close();
        end.other?.hangUp();
      },
      get closed() {
        return closed;
      },
      garble: () => end.other?.deliver('messageerror', null, []),
      hold() {
        held ??= [];
        return () => {
          for (const go of held ?? []) go();
          held = undefined;
        };
      },
    },
  };
  target.addEventListener('message', (event) => onMessage?.(event as MessageEvent));
  return end;
}
