/** Makes an engine collect what nobody holds: in Chromium at once, elsewhere not to the last object, but soon. */
const litter: unknown[] = [];

/** Allocates and lets go; call it again and again until what is expected has happened. */
export async function litterAbout(): Promise<void> {
  for (let i = 0; i < 20; i++) litter[i] = new Array(100_000).fill({}).map(() => ({ i }));
  litter.length = 0;
  (globalThis as { gc?(): void }).gc?.();
  await new Promise((resolve) => setTimeout(resolve));
}
