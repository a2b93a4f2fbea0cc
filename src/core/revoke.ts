/** After capabilities have changed: ends what a client began and may not do any more, and tells it why. */
import { toWire, type CorralError } from '../wire/errors.ts';
import { REVOKED, type Action } from './authority.ts';
import type { OpenCall } from './invoke.ts';
import type { Kernel } from './kernel.ts';

export function judgeAgain({ authority, events, sessions }: Kernel): void {
  // Who has been told the bus's name could go on listening there.
  if ([...sessions].some(({ bus, who }) => bus && !authority.isFree(who))) events.moveBus();
  for (const session of [...sessions]) {
    const { who, listening, calls, lasting } = session;
    const revoked = (action: Action, name: string): CorralError => authority.refuse(session, action, name, REVOKED);
    const judge = ({ method, covers }: Pick<OpenCall, 'method' | 'covers'>, stop: (error: CorralError) => void): void => {
      if (!authority.allows(who, 'invoke', method)) stop(revoked('invoke', method));
      else void covers?.().then((covered) => covered || stop(revoked('invoke', method)));
    };
    for (const call of [...calls.values()]) judge(call, (error) => session.stop(call, error));
    for (const one of [...lasting]) judge(one, one.stop);
    for (const [listener, event] of listening) {
      if (authority.allows(who, 'listen', event)) continue;
      listening.delete(listener);
      session.send({ jsonrpc: '2.0', method: '$/unlisten', params: { listener, error: toWire(revoked('listen', event)) } });
    }
    if (who.by && !authority.allows(who.by, 'invite', who.label)) session.end('revoked', undefined, revoked('invite', who.label));
  }
}
