/** What a core's gate tells: grants and revocations as lines of their own, decisions on the lines that they are about. */
import type { Capture } from './capture.ts';
import type { Entry } from './entry.ts';
import { part } from './picture.ts';
import { decided, type Peer, type Source } from './peer.ts';
import type { Pen } from './recorder.ts';
import type { Picture } from './snapshot.ts';

const SENTENCES: ReadonlyMap<string, string> = new Map(Object.entries({
  owner: 'Allowed: it started the core, and no capability names its label.',
  granted: 'Granted',
  denied: 'Denied',
  'not-granted': 'Nothing grants it.',
  inviter: 'Who invited it may not do so either.',
  'out-of-scope': 'Granted, but not with this argument',
  revoked: 'It was allowed when it began, and is not any more.',
}));

export interface GateBook {
  take(peer: Peer, captured: Capture): void;
}

export function createGate({ write, touch }: Pen, peers: () => Iterable<Peer>): GateBook {
  function decide(gate: Peer, captured: Capture): void {
    const of = (key: string): string => textOf(part(captured.other, key));
    const client = part(captured.other, 'client');
    const [id, label] = [textOf(part(client, 'id')), textOf(part(client, 'label'))];
    const [allowed, action, name, reason, capability] = [part(captured.other, 'allowed') === true, of('action'), of('name'), of('reason'), of('capability')];
    const sentence = SENTENCES.get(reason) ?? reason;
    const verdict = sentence.endsWith('.') ? sentence : `${sentence}${capability ? ` by the capability \`${capability}\`` : ''}.`;
    const entry = find(gate.source, id, label, WHATS.get(action), name);
    if (entry) {
      entry.verdict = verdict;
      touch(entry);
    } else if (!allowed) {
      write(gate, 'refusal', name, captured, { outcome: 'refused', end: captured.at, code: 'NOT_ALLOWED', sentence: `\`${label}\` may not ${action} it. ${verdict}` });
    }
  }

  /** Decisions come in the order in which the questions did. */
  function find(source: Source, id: string, label: string, what: string | undefined, name: string): Entry | undefined {
    for (const peer of peers()) {
      if (peer.source !== source || peer.side !== 'core' || (peer.client === undefined ? peer.label !== label : peer.client !== id)) continue;
      for (const entry of peer.undecided.get(`${what} ${name}`) ?? []) {
        decided(peer, entry);
        return entry;
      }
    }
    return undefined;
  }

  return {
    take(peer, captured) {
      if (captured.kind === 'decided') return decide(peer, captured);
      const granted = captured.kind === 'granted';
      const identifier = granted ? textOf(part(captured.other, 'identifier')) : textOf(captured.other);
      const more = granted && captured.other !== undefined ? { input: captured.other } : {};
      write(peer, granted ? 'grant' : 'revoke', identifier, captured, { outcome: 'done', end: captured.at, ...more });
    },
  };
}

const WHATS: ReadonlyMap<string, string> = new Map([['invoke', 'call'], ['emit', 'emit'], ['listen', 'listen'], ['invite', 'invite']]);

export function textOf(picture: Picture | undefined): string {
  if (typeof picture === 'object' && picture !== null) return 'text' in picture && picture.is === 'text' ? picture.text : '';
  return picture === undefined ? '' : String(picture);
}
