/** The yes or no behind every request. No by default; asked before anything is looked up. */
import { CorralError, quote, type DenialReason } from '../wire/errors.ts';
import { openTap } from '../wire/tap.ts';
import type { Action, Capability, ReadCapability, Rule } from './declare/capability.ts';
import { matchesGlob } from './glob.ts';
import type { DeclaredCommand } from './kernel.ts';
import type { Session } from './session.ts';

/** Who is on a link. Decided when the link is admitted, by how it came, never by a message. */
export interface Identity {
  readonly label: string;
  /** The client that started the worker: as long as no capability names its label, it may do everything. */
  readonly owner?: boolean;
  /** Who invited it: it never has more than they have. */
  readonly by?: Identity | undefined;
  /** What the authority has found out, until capabilities change. */
  found?: Found;
}

interface Found {
  readonly version: number;
  /** What its capabilities say; undefined for an owner that none of them names. */
  readonly rules: readonly Rule[] | undefined;
  /** Verdicts on declared commands, so that a call does not pay for the number of rules. */
  readonly verdicts: Map<string, Verdict>;
}

/** Why the gate said yes or no. */
export type Reason =
  | 'owner' // it started the worker, and no capability names its label
  | 'granted'
  | 'not-granted'
  | 'denied' // a capability of its own denies it
  | 'inviter' // who invited it may not do so either
  | 'out-of-scope'
  | 'revoked'; // it was allowed when it began

interface Verdict {
  readonly allowed: boolean;
  readonly reason: Reason;
  readonly rules?: readonly Rule[] | undefined;
  /** What is said of who invited it. */
  readonly above?: Verdict | undefined;
}

/** One yes or no, for the audit log. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: Reason;
  readonly action: Action;
  readonly name: string;
  readonly client: { readonly id: string; readonly label: string };
  /** The identifier of the capability that decided it, if one did. */
  readonly capability: string | undefined;
}

export type { Action };
/** Hears every decision of the gate, as it is made: an audit log. It cannot change them. */
export type OnDecision = (decision: Decision) => void;

export interface Authority {
  /** Throws NOT_ALLOWED unless something grants it. */
  authorize(session: Session, action: Action, name: string): void;
  /** Rejects with NOT_ALLOWED unless what grants the command covers this argument. */
  authorizeArgument(session: Session, command: DeclaredCommand, args: unknown): Promise<void>;
  allows(who: Identity, action: Action, name: string): boolean;
  /** Whether what this client has of the command covers the argument. */
  covers(session: Session, command: DeclaredCommand, args: unknown): Promise<boolean>;
  /** Whether no capability limits it. Only then is it told of the bus, where one hears everything and could say anything. */
  isFree(who: Identity): boolean;
  /** Notes a no, and makes the error that says so. */
  refuse(session: Session, action: Action, name: string, verdict: Verdict): CorralError<'NOT_ALLOWED'>;
  /** In place of the one of the same identifier, if there is one. */
  grant(capability: ReadCapability): void;
  revoke(identifier: string): boolean;
  list(): Capability[];
}

const OWNER: Verdict = { allowed: true, reason: 'owner' };
/** What was allowed when it began. */
export const REVOKED: Verdict = { allowed: false, reason: 'revoked' };

export function createAuthority(commands: ReadonlyMap<string, DeclaredCommand>, onError: (error: unknown, command: string) => void, onDecision?: OnDecision, core?: string): Authority {
  const capabilities = new Map<string, ReadCapability>();
  const tell = openTap?.('gate', core);
  let version = 0;

  function look(who: Identity): Found {
    if (who.found?.version === version) return who.found;
    const named = [...capabilities.values()].filter(({ clients }) => clients.some((glob) => matchesGlob(glob, who.label)));
    const rules = named.length > 0 || !who.owner ? named.flatMap((one) => one.rules) : undefined;
    return (who.found = { version, rules, verdicts: new Map() });
  }

  function isFree(who: Identity): boolean {
    return !look(who).rules && (!who.by || isFree(who.by));
  }

  function judge(who: Identity, action: Action, name: string): Verdict {
    const { rules, verdicts } = look(who);
    if (!rules && !who.by) return OWNER;
    const known = action === 'invoke' && verdicts.get(name);
    if (known) return known;
    const above = who.by && judge(who.by, action, name);
    const about = rules?.filter((rule) => rule.action === action && matchesGlob(rule.name, name));
    const allowed = !about || (about.length > 0 && !about.some(({ denies }) => denies));
    const reason = !about ? 'owner' : allowed ? 'granted' : about.length > 0 ? 'denied' : 'not-granted';
    const verdict: Verdict = allowed && above?.allowed === false ? { ...above, reason: 'inviter' } : { allowed, reason, rules: about, above };
    // A stranger may ask for endless names; those of commands have an end.
    if (action === 'invoke' && commands.has(name)) verdicts.set(name, verdict);
    return verdict;
  }

  function note({ client: { id, label } }: Session, action: Action, name: string, { allowed, reason, rules }: Verdict): void {
    const capability = rules?.find(({ denies }) => denies === (reason === 'denied'))?.capability;
    const decision: Decision = { allowed, reason, action, name, client: { id, label }, capability };
    tell?.('decided', decision);
    try {
      onDecision?.(decision);
    } catch (error) {
      // A broken audit must not decide anything, least of all stop a revocation half-way.
      onError(error, name);
    }
  }

  function refuse(session: Session, action: Action, name: string, verdict: Verdict): CorralError<'NOT_ALLOWED'> {
    const { label } = session.client;
    note(session, action, name, verdict);
    // What denies it is the author's business: to a client it is as if nothing granted it.
    const reason = /^[or]/.test(verdict.reason) ? (verdict.reason as DenialReason) : 'not-granted';
    const message = `Client ${quote(label)} may not ${action} ${quote(name)}: ${reason.replaceAll('-', ' ')}. A capability of the core has to allow it.`;
    return new CorralError('NOT_ALLOWED', message, { client: label, action, name: name.slice(0, 80), reason });
  }

  /** Asked again if capabilities changed while a scope took its time. */
  async function covers(session: Session, command: DeclaredCommand, args: unknown): Promise<boolean> {
    const { name, scope } = command;
    const seen = version;
    const some = async (entries: readonly unknown[]): Promise<boolean> => {
      for (const entry of entries) if (await scope?.matches(entry as never, args)) return true;
      return false;
    };
    try {
      for (let verdict: Verdict | undefined = judge(session.who, 'invoke', name); verdict; verdict = verdict.above) {
        const { allowed, rules = [] } = verdict;
        if (!allowed || (await some(rules.flatMap(({ except }) => except)))) return false;
        if (rules.length > 0 && !rules.some(({ allow }) => !allow) && !(await some(rules.flatMap(({ allow = [] }) => allow)))) return false;
      }
    } catch (error) {
      // A scope that cannot read an argument is doing its work; one that breaks is not.
      if (!(error instanceof CorralError)) onError(error, name);
      return false;
    }
    return seen === version || covers(session, command, args);
  }

  return {
    allows: (who, action, name) => judge(who, action, name).allowed,
    covers,
    refuse,
    authorize(session, action, name) {
      const verdict = judge(session.who, action, name);
      if (!verdict.allowed) throw refuse(session, action, name, verdict);
      // Where the argument counts, that is asked for later.
      if ((onDecision ?? tell) && !(action === 'invoke' && commands.get(name)?.scope)) note(session, action, name, verdict);
    },
    async authorizeArgument(session, command, args) {
      const covered = await covers(session, command, args);
      const verdict = judge(session.who, 'invoke', command.name);
      if (!covered) throw refuse(session, 'invoke', command.name, { ...verdict, allowed: false, reason: 'out-of-scope' });
      note(session, 'invoke', command.name, verdict);
    },
    isFree,
    grant(capability) {
      tell?.('granted', capability.source);
      capabilities.set(capability.source.identifier, capability);
      version++;
    },
    revoke(identifier) {
      version++;
      tell?.('revoked', identifier);
      return capabilities.delete(identifier);
    },
    list: () => [...capabilities.values()].map(({ source }) => source),
  };
}
