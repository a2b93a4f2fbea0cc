/** Streams, channels and resources: what callers pass and get, and what is refused. Compiled, never run. */
import * as v from 'valibot';
import { Channel, connect, release, type ItemStream, type Remote } from 'corral';
import { channel, command, createCore, resource, stream } from 'corral/core';
import { same } from './same.ts';

const core = createCore({
  name: 'streams',
  commands: {
    count: command({
      yields: v.pipe(v.number(), v.transform(String)),
      async *handler() {
        yield 1;
      },
    }),
    rows: command({
      args: v.number(),
      async *handler(to) {
        for (let id = 0; id < to; id++) yield { id };
      },
    }),
    bytes: command({ handler: () => new ReadableStream<Uint8Array>() }),
    later: command({ handler: async () => new ReadableStream<number>() }),
    upload: command({
      args: v.object({ name: v.string(), body: stream(v.pipe(v.string(), v.transform(Number))) }),
      handler: async ({ body }) => {
        same<typeof body, ItemStream<number>>(true);
        for await (const item of body) item.toFixed();
      },
    }),
    download: command({
      args: v.object({ progress: channel(v.number()) }),
      handler: async ({ progress }) => {
        const sent: boolean = await progress.send(0.5);
        // @ts-expect-error the schema takes numbers
        void progress.send('half');
        return sent;
      },
    }),
    talk: command({
      args: channel(v.string(), { duplex: v.object({ id: v.number() }) }),
      handler: async (line) => {
        for await (const { id } of line) await line.send(`got ${id.toFixed()}`);
      },
    }),
    open: command({
      args: v.string(),
      handler: (name) => ({
        name,
        file: resource({
          read: (from: number, to: number) => `${from}-${to}`,
          seek: command({ args: v.object({ to: v.number() }), returns: v.number(), handler: ({ to }) => to }),
        }),
      }),
    }),
  },
});

const { invoke } = connect<typeof core>(() => new Worker('core.js'));

export async function streams(): Promise<void> {
  same<Awaited<ReturnType<typeof invoke.count>>, ItemStream<string>>(true);
  same<Awaited<ReturnType<typeof invoke.rows>>, ItemStream<{ id: number }>>(true);
  same<Awaited<ReturnType<typeof invoke.bytes>>, ItemStream<Uint8Array>>(true);
  same<Awaited<ReturnType<typeof invoke.later>>, ItemStream<number>>(true);
  for await (const row of await invoke.rows(3)) row.id.toFixed();
  (await invoke.bytes()).getReader();

  await invoke.upload({ name: 'a', body: new ReadableStream<string>() });
  await invoke.upload({
    name: 'a',
    body: (async function* () {
      yield 'one';
    })(),
  });
  // @ts-expect-error a stream of numbers is none of strings
  await invoke.upload({ name: 'a', body: new ReadableStream<number>() });
  // @ts-expect-error an array is no stream
  await invoke.upload({ name: 'a', body: ['one'] });

  await invoke.download({ progress: new Channel((part) => part.toFixed()) });
  // @ts-expect-error its messages are numbers
  await invoke.download({ progress: new Channel((part: string) => part.trim()) });
  // @ts-expect-error a function is no Channel
  await invoke.download({ progress: (part: number) => part });

  const line = new Channel<string, { id: number }>();
  const talking = invoke.talk(line);
  for await (const text of line) text.trim();
  await line.send({ id: 1 });
  // @ts-expect-error its replies have an id
  await line.send({});
  await talking;
  // @ts-expect-error this channel takes no replies
  await new Channel<number>().send(1);
}

export async function resources(): Promise<void> {
  const { name, file } = await invoke.open('notes.txt');
  same<typeof name, string>(true);
  same<ReturnType<typeof file.read>, Promise<string>>(true);
  same<ReturnType<typeof file.seek>, Promise<number>>(true);
  await file.read(0, 10);
  // @ts-expect-error both ends are needed
  await file.read(0);
  // @ts-expect-error where to is a number
  await file.seek({ to: 'end' });
  // @ts-expect-error it was not declared
  await file.close();
  release(file);
  await using again = (await invoke.open('notes.txt')).file;
  using once = (await invoke.open('notes.txt')).file;
  void (again satisfies Remote<object>);
  void once;
}

// @ts-expect-error a number is no method
resource({ size: 3 });

command({
  yields: v.number(),
  // @ts-expect-error it yields text
  async *handler() {
    yield 'one';
  },
});

command({
  yields: v.number(),
  // @ts-expect-error one number is no stream of them
  handler: () => 1,
});
