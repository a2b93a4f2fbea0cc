/** The yes or no behind every request. */
import { assert } from 'chai';
import { authorize, hearsAll } from '../../src/core/authority.ts';

describe('authorize', () => {
  it('lets the owner of a core do everything', () => {
    for (const action of ['invoke', 'listen', 'emit'] as const) assert.doesNotThrow(() => authorize({ owner: true }, 'main', action, 'anything'));
    assert.isTrue(hearsAll({ owner: true }));
  });

  it('says no to everyone else, in the same words whether or not there is such a name', () => {
    assert.isFalse(hearsAll({ owner: false }));
    for (const action of ['invoke', 'listen', 'emit'] as const) {
      try {
        authorize({ owner: false }, 'guest', action, 'notes.delete');
        assert.fail('It was allowed');
      } catch (error) {
        const { code, details, message } = error as { code: string; details: unknown; message: string };
        assert.equal(code, 'NOT_ALLOWED');
        assert.deepEqual(details, { client: 'guest', action, name: 'notes.delete' });
        for (const word of ['`guest`', action, '`notes.delete`']) assert.include(message, word);
      }
    }
  });

  it('keeps a long name short', () => {
    assert.throws(() => authorize({ owner: false }, 'guest', 'invoke', 'x'.repeat(100_000)), /^.{0,300}$/);
  });
});
