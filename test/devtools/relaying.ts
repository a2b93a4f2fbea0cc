/** In a frame without an origin: a client and its core, which the window around it inspects through a port. */
import { command, createCore } from 'corral/core';
import { relay } from 'corral/devtools';
import { connectInProcess } from 'corral/testing';

const { port1, port2 } = new MessageChannel();
relay(port1);
parent.postMessage({ port: port2 }, '*', [port2]);

const { invoke } = connectInProcess(createCore({ name: 'inside', commands: { greet: command({ handler: () => 'Hello from inside' }) } }));
await invoke.greet();
