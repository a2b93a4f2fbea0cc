// A classic worker, with no build: `Corral` has Valibot as `Corral.v`. Without TypeScript, leave out the line below.
declare const Corral: typeof import('corral/core') & { v: typeof import('valibot') };

importScripts('/corral-core.global.js');
const { command, createCore, serve, v } = Corral;

serve(
  createCore({
    name: 'greeter',
    commands: {
      greet: command({ args: v.object({ name: v.string() }), handler: ({ name }) => `Hello, ${name}!` }),
    },
  }),
);

declare function importScripts(...urls: string[]): void;
export {};
