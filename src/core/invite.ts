/** Answers an invitation: serves the port that came with it to a narrower client, and ends that with its inviter. */
import type { CorralError } from '../wire/errors.ts';
import type { Port } from '../wire/link.ts';
import { randomName } from '../wire/random.ts';
import type { Identity } from './authority.ts';
import { malformed, overloaded } from './failure.ts';
import { isLabel } from './hello.ts';
import type { Kernel } from './kernel.ts';
import type { Session } from './session.ts';

/** Each step down from the first inviter may hand out a quarter as many links, so that chains and trees of them have an end. */
const STEP = 4;

/** Serves `port` under the label. Who was refused hears it there as well; only then NOT_ALLOWED or OVERLOADED is thrown. */
export function invite(
  { authority, limits }: Kernel,
  session: Session,
  { label, port }: Record<string, unknown>,
  ports: Set<unknown> | undefined,
  admit: (port: Port, identity: Identity) => Session,
): { link: string } {
  if (!isLabel(label) || !ports?.delete(port)) throw malformed('`$/invite` takes { label, port }, and the port');
  const guest = admit(port as Port, { label, by: session.who });
  try {
    authority.authorize(session, 'invite', label);
    let allowed = limits.links;
    for (let one = session.inviter; one; one = one.inviter) allowed = Math.floor(allowed / STEP);
    if (session.guests.size >= allowed) throw overloaded('links', allowed);
  } catch (error) {
    guest.end('refused', true, error as CorralError);
    throw error;
  }
  session.guests.add(guest);
  links.set(guest, randomName());
  return { link: links.get(guest) as string };
}

/** Ends one of the client's own guests; for any other link it does nothing. */
export function dismiss({ guests }: Session, link: unknown): void {
  for (const guest of guests) if (links.get(guest) === link) guest.end('closed');
}

/** What an inviter calls its guests by. */
const links = new WeakMap<Session, string>();
