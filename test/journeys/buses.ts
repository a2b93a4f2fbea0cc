/** Looks at the bus from outside, and at who is told there. */
import type { Transcript } from 'corral/testing';
import { atEnd } from '../support/corral.ts';

/** Names of the buses that this page joins from now on, and what is heard there. */
export function spyOnBuses(): { names: string[]; heard: unknown[] } {
  const names: string[] = [];
  const heard: unknown[] = [];
  const original = globalThis.BroadcastChannel;
  globalThis.BroadcastChannel = class extends original {
    constructor(name: string) {
      super(name);
      names.push(name);
      this.addEventListener('message', ({ data }) => heard.push(data));
    }
  };
  atEnd(() => (globalThis.BroadcastChannel = original));
  return { names, heard };
}

/** Whether the core has answered that it tells this client on the bus. */
export function toldOnBus(lines: Transcript['lines']): boolean {
  const messages = lines.flatMap(({ message }) => message) as { id?: unknown; method?: string; params?: { greeted?: boolean } }[];
  const asked = messages.find(({ method, params }) => method === '$/join' && params?.greeted);
  return asked !== undefined && messages.some(({ id, method }) => id === asked.id && method === undefined);
}
