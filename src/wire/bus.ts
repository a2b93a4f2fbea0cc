/** A one-to-many pipe: a BroadcastChannel, framed like any link. */
import { FRAME_LENGTH } from './messages.ts';
import { openLink, type Link, type LinkOptions } from './link.ts';

/** Joins the bus of that name; undefined where the platform refuses (an opaque-origin frame). */
export function openBus(name: string, receive: (message: unknown) => void, refused: LinkOptions['refused'] = () => {}): Link | undefined {
  try {
    const bus = openLink(new BroadcastChannel(name), {
      receive(data) {
        const frame: unknown[] = Array.isArray(data) ? data : [data];
        // Any script of the origin that knows the name can post here, also a sparse array that takes minutes to walk.
        if (frame.length <= FRAME_LENGTH) for (const message of Array.from(frame)) receive(message);
      },
      refused,
      garbled() {},
      side: 'bus',
      label: name,
    });
    bus.framed = true;
    return bus;
  } catch {
    return undefined;
  }
}
