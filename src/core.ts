/** The door "corral/core": declare a core and serve it, in a Worker or a SharedWorker. */
export type { Decision, OnDecision, Reason } from './core/authority.ts';
export { createCore, type Core, type CoreOptions, type Gate } from './core/create-core.ts';
export type { Action, Capability, NameOrGroup, ScopedGrant } from './core/declare/capability.ts';
export { command, type Caller, type CommandDeclaration, type Context, type ErrorSchemas, type InScope, type ScopeDeclaration } from './core/declare/command.ts';
export { channel, stream, type CoreChannel } from './core/declare/channel.ts';
export { event, type EventOptions } from './core/declare/event.ts';
export { plugin, type PermissionSet, type Plugin, type PluginCommands, type PluginEvents, type PluginPermissions } from './core/declare/plugin.ts';
export type { CoreHandle, CoreStats, Limits, Middleware, MiddlewareCall, OnError } from './core/kernel.ts';
export { resource, type ResourceOptions } from './core/resource.ts';
export { serve, type Scope, type ServeOptions } from './core/serve.ts';
export { matchesPath, matchesUrl, pathScope, urlScope, type Covering } from './core/scope.ts';
export { tap, type TapRecord, type TapSide } from './wire/tap.ts';
export { transfer } from './wire/transfer.ts';
export { CorralError, isCorralError, type Code, type DenialReason, type DetailsByCode, type Issue, type Side } from './wire/errors.ts';
export type { ChannelArgument, Command, CommandTree, Contract, EventDeclaration, EventMap, ItemStream, Methods, Remote, Schema, StreamSource } from './wire/contract.ts';
