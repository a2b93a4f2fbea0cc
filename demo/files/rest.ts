/** Lets messages in while something takes long: a cancel among them. */

/** How long a core works before it looks up, in milliseconds. A worker owes nobody a frame. */
const stretch = 30;

/** Returns a function to call now and then: it rests for a moment if the last time was a while ago. */
export function restingNowAndThen(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < stretch) return;
    await rest(0);
    since = performance.now();
  };
}

export function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
