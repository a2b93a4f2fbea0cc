/** What is moved instead of copied. Compiled, never run. */
import { connect } from 'corral';
import { command, transfer } from 'corral/core';
import type { Notes } from './core.ts';
import { same } from './same.ts';

const { invoke } = connect<Notes>(() => new Worker('core.js'));

export async function moved(pixels: Uint8Array<ArrayBuffer>, canvas: OffscreenCanvas): Promise<void> {
  // Marking an answer leaves its type as it is.
  const blurred = await invoke.blur({ pixels }, { transfer: [pixels.buffer] });
  same<(typeof blurred)['width'], number>(true);
  void (blurred.pixels satisfies Uint8Array);
  await invoke.reset(undefined, { transfer: [canvas] });

  const marked = transfer({ id: 1 }, []);
  same<typeof marked, { id: number }>(true);
  command({ handler: () => transfer(new ArrayBuffer(8), []) });
  // @ts-expect-error a number cannot be marked
  transfer(1, []);
  // @ts-expect-error what is moved has to be listed
  transfer({ id: 1 });
}
