/** The calls of a connection against a model: whatever happens, each settles exactly once, and as it should. */
import { assert } from 'chai';
import fc from 'fast-check';
import './arbitraries.ts';
import { commandsOf } from './calls/commands.ts';
import { createReal } from './calls/real.ts';
import { createModel } from './calls/model.ts';

describe('calls, whatever their core and their callers do', function () {
  this.timeout(300_000);

  it('settle exactly once, as a small model says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commandsOf(), { maxCommands: 40, size: 'max' }), async (commands) => {
        const setup = { model: createModel(), real: createReal() };
        try {
          await fc.asyncModelRun(() => setup, commands);
        } finally {
          setup.real.connection.close();
        }
        await null;
        setup.model.lose('ended');
        setup.real.compare(setup.model);
        // Nothing is sent twice, nothing out of order, and nothing that was given up before there was a core.
        assert.deepEqual(setup.real.seen, setup.model.sent);
      }),
      { numRuns: 60 },
    );
  });
});
