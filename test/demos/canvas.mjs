import { it } from 'node:test';
export async function stillDrawing() {}
export function drawnInTheCore(visit) {
  it('opens', () => visit('/canvas/', async () => {}));
}
