importScripts('corral-0.1.0/corral-core.global.js');
const { command, createCore, serve, v } = Corral;

const greeter = createCore({
  name: 'greeter',
  commands: {
    greet: command({ args: v.object({ name: v.string() }), handler: ({ name }) => `Hello, ${name}!` }),
  },
});

serve(greeter);
