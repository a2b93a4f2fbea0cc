/** Judges a hello, and watches over the life of the client that said it. */
import { malformed, quote } from '../wire/errors.ts';
import { whenFree } from '../wire/lock.ts';
import { PROTOCOL, type Welcome } from '../wire/messages.ts';
import { connectionRefused, setupFailed, show } from './failure.ts';
import type { Kernel } from './kernel.ts';
import type { Session } from './session.ts';

/** A client without a Web Lock is asked for a sign of life this often, and given up after three silences. */
const HEARTBEAT = 5_000;

/** Returns the label that the client may bear; throws CONNECTION_REFUSED. */
export function judgeHello(kernel: Kernel, params: Record<string, unknown>): string {
  const { protocol, version, label = 'main' } = params;
  if (kernel.state === 'failed') throw setupFailed(kernel);
  if (protocol !== PROTOCOL) {
    throw connectionRefused('protocol', `Client and core speak different protocols (${show(protocol)} and ${PROTOCOL}). Reload the page to get the same build of both`, PROTOCOL, protocol);
  }
  if (version !== undefined && version !== kernel.version) {
    throw connectionRefused('version', `The client asks for version ${show(version)} of ${quote(kernel.name)}, the core is version ${show(kernel.version)}. Reload the page to get the same build of both`, kernel.version, version);
  }
  if (typeof label !== 'string' || !/^[\w\-./:]{1,64}$/.test(label)) {
    throw connectionRefused('label', 'A label is 1 to 64 letters, digits or any of `-_./:`', undefined, label);
  }
  const { clients } = kernel.limits;
  if (joined(kernel) >= clients) throw connectionRefused('clients', `${quote(kernel.name)} has ${clients} clients, which is its limit`, clients);
  return label;
}

export function joined(kernel: Kernel): number {
  let count = 0;
  for (const session of kernel.sessions) if (session.joined) count++;
  return count;
}

export function welcome(kernel: Kernel, { identity, client }: Session): Welcome {
  const { name, version, lock, events, limits } = kernel;
  return {
    protocol: PROTOCOL,
    client: client.id,
    core: version === undefined ? { name } : { name, version },
    ...(kernel.authority.hearsAll(identity) ? { bus: events.busName } : {}),
    ...(lock === undefined ? {} : { lock }),
    limits: { ...limits },
  };
}

/**
 * Calls back when the client has died: its lock is free, or it stays silent where it has none. `ping` asks it for a
 * sign of life. Returns what stops the watch, and what to call at each sign of life.
 */
export function watch(lock: unknown, ping: () => void, gone: () => void): { stop(): void; alive(): void } {
  if (lock !== undefined) {
    // Only names of ours: a client must not make the core queue for the app's own locks.
    if (typeof lock !== 'string' || !lock.startsWith('corral:client:')) throw malformed('`lock` is the name of a lock of the client');
    return { stop: whenFree(lock, gone), alive: () => {} };
  }
  let missed = 0;
  const timer = setInterval(() => (++missed > 3 ? gone() : ping()), HEARTBEAT);
  return { stop: () => clearInterval(timer), alive: () => void (missed = 0) };
}
