/** Judges a hello, and watches over the life of the client that said it. */
import { quote } from '../wire/errors.ts';
import { whenFree } from '../wire/lock.ts';
import { isObject, PROTOCOL, type Welcome } from '../wire/messages.ts';
import type { Identity } from './authority.ts';
import { connectionRefused, malformed, setupFailed } from './failure.ts';
import type { Kernel } from './kernel.ts';
import type { Session } from './session.ts';

/** A client without a Web Lock is asked for a sign of life this often, and given up after three silences. */
const HEARTBEAT = 5_000;

export function isLabel(label: unknown): label is string {
  return typeof label === 'string' && /^[\w\-./:]{1,64}$/.test(label);
}

/** Returns who the client is from now on; throws CONNECTION_REFUSED. */
export function judgeHello(kernel: Kernel, session: Session, { protocol, version = kernel.version, label = 'main' }: Record<string, unknown>): Identity {
  if (kernel.state === 'failed') throw setupFailed(kernel);
  if (protocol !== PROTOCOL) throw skew('protocol', PROTOCOL, protocol);
  if (version !== kernel.version) throw skew('version', kernel.version, version);
  if (!isLabel(label)) throw connectionRefused('label', 'A label is 1 to 64 letters, digits or any of `-_./:`.');
  return claim(kernel, session, label);
}

/**
 * An invited client has the label of its invitation, whatever it says. One that started the worker is `main`, and may bear
 * what `main` may invite, with no more than `main` has: else any script of the page could call itself `admin`.
 */
function claim({ authority }: Kernel, session: Session, label: string): Identity {
  const { identity } = session;
  if (!identity.owner || label === identity.label) return identity;
  try {
    authority.authorize(session, 'invite', label);
  } catch {
    throw connectionRefused('label', `Client ${quote(identity.label)} may not be ${quote(label)}: not granted. A capability of the core has to list it under \`invite\`.`);
  }
  return { label, owner: true, by: identity };
}

/** An old page meets a new core, or the other way round. */
function skew(what: 'protocol' | 'version', expected: unknown, received: unknown): Error {
  const wanted = isObject(received) ? 'an object' : String(received).slice(0, 80);
  const message = `The core has ${what} ${quote(String(expected))}, the client wants ${quote(wanted)}. Reload the page to get both of one build.`;
  return connectionRefused(what, message, expected, typeof received === 'number' ? received : wanted);
}

export function welcome({ name, version, lock, limits }: Kernel, { client, bus, inviter }: Session): Welcome {
  return { protocol: PROTOCOL, client: client.id, core: { name, version }, bus, lock: inviter ? undefined : lock, limits };
}

/**
 * Calls back when the client has died: its lock is free, or, where it has none, it stays silent though asked by
 * `ping`. `alive` is for each sign of life.
 */
export function watch(lock: unknown, ping: () => void, gone: () => void): { stop(): void; alive(): void } {
  let missed = 0;
  if (lock === undefined) {
    const timer = setInterval(() => (++missed > 3 ? gone() : ping()), HEARTBEAT);
    return { stop: () => clearInterval(timer), alive: () => void (missed = 0) };
  }
  // Only a name of ours: a client must not make the core queue for the app's own locks.
  if (typeof lock !== 'string' || !lock.startsWith('corral:client:')) throw malformed('`lock` names no lock of a client');
  return { stop: whenFree(lock, gone), alive() {} };
}
