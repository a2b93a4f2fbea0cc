/** The yes or no behind every request, without a core around it. */
import { assert } from 'chai';
import * as fc from 'fast-check';
import { createAuthority, type Identity } from '../../src/core/authority.ts';
import { readCapability, type Action, type Capability } from '../../src/core/declare/capability.ts';

const names = ['greet', 'notes.add', 'notes.remove', 'notes.deep.one', 'other'];
const declared = { commands: new Map(names.map((name) => [name, { name } as never])), events: new Map(names.map((name) => [name, {}])), plugins: [] };
const session = (who: Identity) => ({ who, client: { id: '1', label: who.label } }) as never;

function authorityOf(...capabilities: Capability[]) {
  const authority = createAuthority(declared.commands, () => {});
  for (const capability of capabilities) authority.grant(readCapability(capability, declared));
  return authority;
}

describe('authorize', () => {
  it('lets the owner of a core do everything', () => {
    const { authorize, isFree } = authorityOf();
    const owner = { label: 'main', owner: true };
    for (const action of ['invoke', 'listen', 'emit', 'invite'] as const) assert.doesNotThrow(() => authorize(session(owner), action, 'anything'));
    assert.isTrue(isFree(owner));
  });

  it('says no to everyone else, in the same words whether or not there is such a name', () => {
    const { authorize, isFree } = authorityOf();
    const guest = { label: 'guest' };
    assert.isFalse(isFree(guest));
    for (const action of ['invoke', 'listen', 'emit', 'invite'] as const) {
      try {
        authorize(session(guest), action, 'notes.delete');
        assert.fail('It was allowed');
      } catch (error) {
        const { code, details, message } = error as { code: string; details: unknown; message: string };
        assert.equal(code, 'NOT_ALLOWED');
        assert.deepEqual(details, { client: 'guest', action, name: 'notes.delete', reason: 'not-granted' });
        for (const word of ['`guest`', action, '`notes.delete`']) assert.include(message, word);
      }
    }
  });

  it('keeps a long name short', () => {
    const { authorize } = authorityOf();
    assert.throws(() => authorize(session({ label: 'guest' }), 'invoke', 'x'.repeat(100_000)), /^.{0,300}$/);
  });
});

const name = fc.constantFrom(...names, 'notes.*', 'notes.deep.*', '*');
const list = fc.uniqueArray(name, { maxLength: 3 });
const grants = fc.record({ invoke: list, listen: list, emit: list });
const capability: fc.Arbitrary<Capability> = fc
  .record({ identifier: fc.uuid(), clients: fc.uniqueArray(fc.constantFrom('main', 'guest', 'guest-1', 'guest-*', '*', '*-1'), { minLength: 1, maxLength: 2 }), grants, deny: grants })
  .map(({ identifier, clients, grants, deny }) => {
    const without = (action: 'invoke' | 'listen' | 'emit'): string[] => deny[action].filter((one) => !grants[action].includes(one));
    return { identifier, clients, ...grants, deny: { invoke: without('invoke'), listen: without('listen'), emit: without('emit') } } as never;
  });
const identity: fc.Arbitrary<Identity> = fc.letrec<{ one: Identity }>((tie) => ({
  one: fc.record({ label: fc.constantFrom('main', 'guest', 'guest-1', 'stranger'), owner: fc.boolean(), by: fc.option(tie('one'), { nil: undefined, maxDepth: 2 }) }),
})).one;
const action = fc.constantFrom('invoke', 'listen', 'emit') as fc.Arbitrary<'invoke' | 'listen' | 'emit'>;

/** The rules in their plainest words. */
function oracle(capabilities: Capability[], who: Identity, action: Exclude<Action, 'invite'>, name: string): boolean {
  const fits = (glob: string, text: string): boolean => new RegExp(`^${glob.replace(/[.]/g, '\\.').replaceAll('*', '.*')}$`).test(text);
  const mine = capabilities.filter(({ clients }) => clients.some((glob) => fits(glob, who.label)));
  const says = (from: Pick<Capability, 'invoke' | 'listen' | 'emit'> | undefined): boolean => (from?.[action] ?? []).some((glob) => fits(glob as string, name));
  const own = mine.length === 0 ? who.owner === true : mine.some(says) && !mine.some(({ deny }) => says(deny as never));
  return own && (!who.by || oracle(capabilities, who.by, action, name));
}

describe('capabilities', () => {
  const asked = fc.constantFrom(...names, 'no.such', 'notes', 'notes.');

  it('decide as their plainest words do', () => {
    fc.assert(
      fc.property(fc.array(capability, { maxLength: 4 }), identity, action, asked, (all, who, action, name) => {
        assert.equal(authorityOf(...all).allows(who, action, name), oracle(all, who, action, name));
      }),
      { numRuns: 3_000 },
    );
  });

  it('allow no more when something is denied, or somebody invited, and the same in any order', () => {
    fc.assert(
      fc.property(fc.array(capability, { minLength: 1, maxLength: 4 }), identity, action, asked, fc.nat(), (all, who, action, name, at) => {
        const before = authorityOf(...all).allows(who, action, name);
        const [first, ...rest] = all as [Capability, ...Capability[]];
        assert.equal(authorityOf(...rest, first).allows(who, action, name), before);
        const label = ['main', 'guest', 'guest-1', 'stranger'][at % 4] as string;
        if (!before) assert.isFalse(authorityOf(...all).allows({ label, owner: at % 2 === 0, by: who }, action, name));
        const denying = { identifier: 'denying', clients: [who.label], deny: { [action]: ['*'] } };
        assert.isFalse(authorityOf(...all, denying).allows(who, action, name));
      }),
      { numRuns: 1_000 },
    );
  });

  it('forget what they had decided when they change', () => {
    const authority = authorityOf();
    const who = { label: 'guest' };
    const read = (invoke: string[]): void => authority.grant(readCapability({ identifier: 'x', clients: ['guest'], invoke: invoke as never }, declared));
    for (const [invoke, allowed] of [[['greet'], true], [[], false], [['*'], true], [['notes.*'], false]] as const) {
      read([...invoke]);
      assert.equal(authority.allows(who, 'invoke', 'greet'), allowed);
    }
    read(['greet']);
    assert.isTrue(authority.revoke('x'));
    assert.isFalse(authority.allows(who, 'invoke', 'greet'));
  });
});
