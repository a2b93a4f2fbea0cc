/** The file that is made on the spot: the journal of a ranch, the same bytes each time. Pure, so that a test can hash it elsewhere. */

const horses = ['Bella', 'Clover', 'Zoë', 'Juniper', 'Señor Pepe', 'Maple', 'Storm', 'Pebble', 'Saffron', 'Old Tom', 'Wren', 'Copper'];
const deeds = [
  'leaves by the',
  'comes home by the',
  'waits at the',
  'jumps the fence beside the',
  'follows a butterfly through the',
  'is led through the',
];
const gates = ['north gate', 'south gate', 'river gate', 'old gate'];
const ends = ['.', ', unhurried.', ' at a gallop.', ' in the rain.', ', looking for carrots.', ' with two others.'];

/** So rare is a line worth searching for. */
const betweenFoxes = 100_003;
const linesPerSecond = 4;
const began = Date.UTC(2026, 0, 1);
const chunkSize = 256 * 1024;
const encoder = new TextEncoder();
const [dot, newline, zero] = encoder.encode('.\n0') as unknown as [number, number, number];

/** So many bytes of the journal, in chunks of about a quarter of a megabyte. What the last line leaves is filled with dots. */
export function* sample(size: number): Generator<Uint8Array<ArrayBuffer>, void> {
  const next = random();
  // Every sentence there is, encoded once: all that is left to do for a line is to copy one.
  const sentences = horses.flatMap((horse) =>
    deeds.flatMap((deed) => gates.flatMap((gate) => ends.map((end) => encoder.encode(`${horse} ${deed} ${gate}${end}\n`)))),
  );
  const foxes = gates.map((gate) => encoder.encode(`A fox is seen near the ${gate}.\n`));
  const stamp = new Uint8Array(20);
  let line = 0;
  for (let left = size; left > 0; ) {
    const isLast = left <= chunkSize;
    const chunk = new Uint8Array(Math.min(chunkSize, left));
    let used = 0;
    for (;;) {
      if (line % linesPerSecond === 0) turn(stamp, line / linesPerSecond);
      const choice = next();
      const sentence = (line + 1) % betweenFoxes === 0 ? foxes[choice % foxes.length]! : sentences[choice % sentences.length]!;
      if (used + stamp.length + sentence.length > chunk.length) break;
      chunk.set(stamp, used);
      chunk.set(sentence, used + stamp.length);
      used += stamp.length + sentence.length;
      line++;
    }
    if (isLast && used < chunk.length) chunk.fill(dot, used, -1)[chunk.length - 1] = newline;
    yield isLast ? chunk : chunk.slice(0, used);
    left -= isLast ? left : used;
  }
}

/** Writes the time of so many seconds into the stamp: all of it once a minute, else its last two digits. */
function turn(stamp: Uint8Array, seconds: number): void {
  const second = seconds % 60;
  if (second === 0) encoder.encodeInto(new Date(began + seconds * 1000).toISOString().replace('.000Z', ' '), stamp);
  stamp[17] = zero + Math.floor(second / 10);
  stamp[18] = zero + (second % 10);
}

/** Whole numbers without order, always the same ones. */
function random(): () => number {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
