import { command, createCore, pathScope, serve } from 'corral/core';
import * as v from 'valibot';

const texts = new Map([
  ['/public/menu.txt', 'Soup, bread, cake'],
  ['/secret/recipe.txt', 'Three eggs, and patience'],
]);

const kitchen = createCore({
  name: 'kitchen',
  commands: {
    read: command({
      args: v.object({ path: v.string() }),
      scope: pathScope(),
      handler: ({ path }) => texts.get(path) ?? 'There is no such file.',
    }),
    burn: command({ handler: () => texts.clear() }),
  },
  // The page may do everything. A guest may do what is granted to its label, and no more.
  capabilities: [
    {
      identifier: 'guests',
      clients: ['guest'],
      invoke: [{ command: 'read', allow: [{ path: '/public/**' }] }],
    },
  ],
});

export type Kitchen = typeof kitchen;
serve(kitchen);
