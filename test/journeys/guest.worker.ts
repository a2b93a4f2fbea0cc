/** A worker that is a client: connects over the port that it is handed, and leaves a call open. */
import { connect } from 'corral';
import type { Workshop } from './workshop.ts';

onmessage = async ({ ports: [port] }: MessageEvent) => {
  if (!port) return;
  const { invoke } = connect<Workshop>(port);
  void invoke.work('of a worker').catch(() => {});
  postMessage(await invoke.ping());
};
