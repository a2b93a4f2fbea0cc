/** The door "corral": connect to a core, from a page, a frame or another worker. */
export { Channel, release } from './client/channel.ts';
export { connect, type CallError, type Connection, type ConnectionStats, type Invoke } from './client/connect.ts';
export type { ConnectionOptions, RestartOptions } from './client/connection.ts';
export type { ListenOptions } from './client/events.ts';
export { crossOriginWorker, type CrossOriginOptions } from './client/hosts/cross-origin.ts';
export type { Opened, SharedWorkerLike, Source, WorkerLike } from './client/hosts/open-source.ts';
export { fromParent, inviteWindow, type FromParentOptions, type Inviter, type InviteOptions, type InviteWindowOptions, type WindowLike } from './client/invite.ts';
export type { CallOptions } from './client/invoke.ts';
export { tap, type TapRecord, type TapSide } from './wire/tap.ts';
export { transfer } from './wire/transfer.ts';
export type { ClientLifecycle, Command, CommandName, ConnectionState, Contract, CoreLifecycle, Heard, ItemStream, Remote, Unlisten } from './wire/contract.ts';
export { CorralError, isCorralError, type Code, type DenialReason, type DetailsByCode, type Issue, type LossReason, type Side } from './wire/errors.ts';
export type { Port } from './wire/link.ts';
