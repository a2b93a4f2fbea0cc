/** The door "corral/devtools": loading it begins to tap this realm, and defines <corral-inspector>. Not for what you ship. */
export { CorralInspector } from './devtools/inspector.ts';
export { inspect, relay } from './devtools/relay.ts';
export type { Counts } from './devtools/peer.ts';
