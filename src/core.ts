/** The door "corral/core": declare a core and serve it, in a Worker or a SharedWorker. */
export { createCore, type Core, type CoreOptions } from './core/create-core.ts';
export { command, type Caller, type CommandDeclaration, type Context, type ErrorSchemas } from './core/declare/command.ts';
export { channel, stream, type CoreChannel } from './core/declare/channel.ts';
export { event, type EventOptions } from './core/declare/event.ts';
export { plugin, type Plugin } from './core/declare/plugin.ts';
export type { CoreHandle, CoreStats, Limits, Middleware, MiddlewareCall, OnError } from './core/kernel.ts';
export { resource, type ResourceOptions } from './core/resource.ts';
export { serve, type Scope } from './core/serve.ts';
export { transfer } from './wire/transfer.ts';
export { CorralError, isCorralError, type Code, type DetailsByCode, type Issue, type Side } from './wire/errors.ts';
export type { ChannelArgument, Command, CommandTree, Contract, EventDeclaration, EventMap, ItemStream, Methods, Remote, Schema, StreamSource } from './wire/contract.ts';
