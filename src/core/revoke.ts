/** After capabilities have changed: ends what a client began and may not do any more, and tells it why. */
import { toWire } from '../wire/errors.ts';
import type { Kernel } from './kernel.ts';

export function judgeAgain({ authority, events, sessions }: Kernel): void {
  // Who has been told the bus's name could go on listening there.
  if ([...sessions].some(({ bus, who }) => bus && !authority.hearsAll(who))) events.moveBus();
  for (const session of sessions) {
    const { who, listening, calls } = session;
    if (who.by && !authority.allows(who.by, 'invite', who.label)) {
      session.end('revoked', undefined, authority.refuse(session, 'invite', who.label));
      continue;
    }
    for (const [listener, event] of listening) {
      if (authority.allows(who, 'listen', event)) continue;
      listening.delete(listener);
      session.send({ jsonrpc: '2.0', method: '$/unlisten', params: { listener, error: toWire(authority.refuse(session, 'listen', event)) } });
    }
    for (const call of [...calls.values()]) {
      const end = (): void => session.stop(call, authority.refuse(session, 'invoke', call.command));
      if (!authority.allows(who, 'invoke', call.command)) end();
      else void call.covers?.().then((covered) => covered || end());
    }
  }
}
