/** A script that comes late and patches what is built in: calls go on working, and it sees no argument go by. */
import { assert } from 'chai';
import { atEnd } from '../support/corral.ts';
import { besiegeWorker } from './siege.ts';
import type { Findings, Scenario } from './tampered-client.ts';

/** Plays it in a worker of its own, beside a neighbour that must not notice. */
async function play(scenario: Scenario): Promise<Findings> {
  const { admit, unharmed } = await besiegeWorker();
  const client = new Worker(new URL('./tampered-client.ts', import.meta.url), { type: 'module' });
  atEnd(() => client.terminate());
  const findings = new Promise<Findings>((resolve, reject) => {
    client.addEventListener('message', ({ data }) => resolve(data));
    client.addEventListener('error', ({ message }) => reject(new Error(message)));
  });
  const port = admit();
  client.postMessage(scenario, [port]);
  const found = await findings;
  await unharmed();
  return found;
}

describe('tampering', () => {
  it('39: patched ports, maps, arrays, iterators, promises and JSON see no argument of a call that is awaited', async () => {
    const { answers, leaks } = await play('watched');
    assert.deepEqual(answers, [
      'Hello, S3CRET alone!',
      'Hello, S3CRET one!',
      'Hello, S3CRET two!',
      'taken',
      'Hello, S3CRET three!',
      'taken',
      'taken',
    ]);
    // The control is what the client itself lets be seen, to prove that nothing else was.
    assert.deepEqual(
      leaks.filter((text) => !text.includes('control')),
      [],
    );
    assert.isNotEmpty(leaks);
  });

  it('39: when ports, promises, JSON and timers are taken away from a page, its calls still work', async () => {
    const { answers } = await play('takenAway');
    assert.deepEqual(answers, ['Hello, late!', 'taken', 'INVALID_ARGUMENTS', 'heard']);
  });

  it('39: what others add to `Object.prototype` of the page changes no call', async () => {
    const { answers } = await play('polluted');
    assert.deepEqual(answers, ['Hello, late!', 'taken', {}]);
  });
});
