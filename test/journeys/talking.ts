/** A core that speaks to its callers over channels, in this thread. */
import * as v from 'valibot';
import { channel, command, createCore, transfer, type CoreChannel } from 'corral/core';
import { openInProcess } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

export function talking() {
  const seen: string[] = [];
  const kept: CoreChannel<number>[] = [];
  const core = createCore({
    name: unique(),
    commands: {
      count: command({
        args: v.object({ to: v.number(), progress: channel(v.number()) }),
        handler: async ({ to, progress }) => {
          for (let i = 0; i < to; i++) await progress.send(i);
          return 'counted';
        },
      }),
      flood: command({
        args: v.object({ to: v.number(), progress: channel(v.number()) }),
        handler: ({ to, progress }) => {
          for (let i = 0; i < to; i++) void progress.send(i);
          return 'flooded';
        },
      }),
      endless: command({
        args: v.object({ progress: channel(v.number()) }),
        handler: async ({ progress }) => {
          let sent = 0;
          progress.onclose = () => seen.push('closed');
          while (await progress.send(sent)) sent++;
          return sent;
        },
      }),
      several: command({
        args: v.object({ deep: v.array(v.object({ to: channel(v.string()) })) }),
        handler: async ({ deep }) => {
          await Promise.all(deep.map(({ to }, index) => to.send(`hello ${index}`)));
        },
      }),
      keep: command({
        args: channel(v.number()),
        handler: (progress) => {
          kept.push(progress.keep());
          return 'kept';
        },
      }),
      keepAndFail: command({
        args: channel(v.number()),
        handler: (progress): string => {
          kept.push(progress.keep());
          throw new Error('broken');
        },
      }),
      sum: command({
        args: v.object({ numbers: channel(v.string(), { duplex: v.number() }) }),
        handler: async ({ numbers }) => {
          let total = 0;
          await numbers.send('give me numbers');
          for await (const number of numbers) {
            total += number;
            await numbers.send(`total ${total}`);
            if (total > 100) break;
          }
          return total;
        },
      }),
      refused: command({
        args: v.object({ progress: channel(v.number()) }),
        handler: async ({ progress }) => {
          await progress.send('one' as never);
        },
      }),
      slowly: command({
        args: v.object({ progress: channel(v.pipeAsync(v.number(), v.checkAsync(async () => true))) }),
        handler: ({ progress }) => {
          for (let i = 0; i < 5; i++) void progress.send(i);
        },
      }),
      uncloneable: command({
        args: v.object({ progress: channel(v.any()) }),
        handler: async ({ progress }) => {
          await progress.send(1);
          seen.push(`sent: ${await progress.send(() => 2)}`);
          await new Promise<void>((resolve) => (progress.onclose = resolve));
          return 'went on';
        },
      }),
      fails: command({
        args: v.object({ progress: channel(v.number()) }),
        handler: async ({ progress }) => {
          await progress.send(1);
          throw new Error('broken');
        },
      }),
      bytes: command({
        args: channel(v.instance(ArrayBuffer)),
        handler: async (to) => {
          const buffer = new ArrayBuffer(100);
          await to.send(transfer(buffer, [buffer]));
          await new Promise((resolve) => setTimeout(resolve));
          return buffer.byteLength;
        },
      }),
      twice: command({
        args: channel(v.instance(ArrayBuffer)),
        handler: async (to) => {
          const buffer = new ArrayBuffer(100);
          await to.send(transfer(buffer, [buffer, buffer]));
          await new Promise<void>((resolve) => (to.onclose = resolve));
        },
      }),
      take: command({ args: v.any(), handler: (value) => typeof value }),
      wait: command({
        args: v.object({ progress: channel(v.number()) }),
        handler: async ({ progress }, { signal }) => {
          progress.onclose = () => seen.push('closed');
          await progress.send(1);
          await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
        },
      }),
    },
    onError: (error) => seen.push(`reported ${(error as Error).message}`),
  });
  return { ...openInProcess(core), core, seen, kept };
}

/** Everything that comes, until it ends. */
export async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const heard: T[] = [];
  for await (const message of messages) heard.push(message);
  return heard;
}
