import { command, createCore, resource, serve } from 'corral/core';
import * as v from 'valibot';

const files = createCore({
  name: 'files',
  commands: {
    open: command({
      args: v.object({ file: v.file() }),
      handler: ({ file }) => {
        let position = 0;
        // The object stays here. The page gets a handle, whose methods are calls.
        return resource(
          {
            read: command({
              args: v.object({ length: v.pipe(v.number(), v.minValue(1)) }),
              handler: async ({ length }) => {
                const text = await file.slice(position, position + length).text();
                position = Math.min(position + length, file.size);
                return text;
              },
            }),
            tell: () => position,
          },
          { onrelease: () => console.log(`${file.name} is closed.`) },
        );
      },
    }),
  },
});

export type Files = typeof files;
serve(files);
