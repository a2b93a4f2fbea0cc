/** Runs in a sandboxed frame: without an origin it has no locks and no bus that anyone hears. */
import { connect } from 'corral';
import type { Workshop } from './workshop.ts';

const tell = (what: string, value?: unknown): void => parent.postMessage({ what, value }, '*');

addEventListener('message', async ({ ports: [port] }: MessageEvent) => {
  if (!port) return;
  const { invoke, listen, close } = connect<Workshop>(port, { label: 'sandboxed' });
  addEventListener('message', ({ data }) => data === 'close' && close());
  await listen('theme', ({ payload }) => tell('theme', payload));
  await listen('tick', ({ payload }) => tell('tick', payload));
  tell('listening');
  tell('answer', await invoke.echo({ from: 'the frame', origin: self.origin }));
});
tell('loaded');
