/** A one-to-many pipe: a BroadcastChannel, framed like any link. */
import { openLink, type Link, type LinkOptions } from './link.ts';

/** Joins the bus of that name; undefined where the platform refuses (an opaque-origin frame). */
export function openBus(name: string, receive: (message: unknown) => void, refused: LinkOptions['refused'] = () => {}): Link | undefined {
  try {
    const bus = openLink(new BroadcastChannel(name), {
      receive(data) {
        for (const message of Array.isArray(data) ? data : [data]) receive(message);
      },
      refused,
      garbled() {},
    });
    bus.framed = true;
    return bus;
  } catch {
    return undefined;
  }
}
