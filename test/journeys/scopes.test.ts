/** Grants down to the argument: what a scope lets through, and every way around it that we could think of. */
import { assert } from 'chai';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { command, createCore, matchesPath, matchesUrl, pathScope, serve, urlScope } from 'corral/core';
import { atEnd, open, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';
import { createRanch } from './ranch.ts';

const outOfScope = async (promise: Promise<unknown>): Promise<void> => {
  const { code, details } = await rejection(promise);
  assert.deepEqual([code, (details as { reason: string } | undefined)?.reason], ['NOT_ALLOWED', 'out-of-scope']);
};
const files = (identifier: string, ...invoke: object[]) => ({ identifier, clients: ['reader'], invoke });

describe('a scope', () => {
  it('lets through what an entry of `allow` covers and none of `deny` does', async () => {
    const { enter, ran } = createRanch([files('a', { command: 'files.read', allow: [{ path: '/public' }, { path: '/docs' }], deny: [{ path: '/public/secret' }] })]);
    const { invoke } = enter('reader');
    assert.equal(await invoke.files.read({ path: '/public/a' }), '/public/a');
    assert.equal(await invoke.files.read({ path: '/docs/a' }), '/docs/a');
    await outOfScope(invoke.files.read({ path: '/public/secret/a' }));
    await outOfScope(invoke.files.read({ path: '/etc' }));
    assert.deepEqual(ran, ['read /public/a', 'read /docs/a']);
  });

  it('is empty if `allow` is, and everything but `deny` without it', async () => {
    const { enter } = createRanch([
      { identifier: 'nothing', clients: ['nothing'], invoke: [{ command: 'files.read', allow: [] }] },
      { identifier: 'most', clients: ['most'], invoke: [{ command: 'files.read', deny: [{ path: '/secret' }] }] },
      { identifier: 'whole', clients: ['whole'], invoke: ['files.read'] },
    ]);
    await outOfScope(enter('nothing').invoke.files.read({ path: '/a' }));
    const most = enter('most');
    assert.equal(await most.invoke.files.read({ path: '/a' }), '/a');
    await outOfScope(most.invoke.files.read({ path: '/secret/a' }));
    assert.equal(await enter('whole').invoke.files.read({ path: '/secret' }), '/secret');
  });

  it('adds up over the capabilities of a label, and a denial of one limits them all', async () => {
    const { enter } = createRanch([
      files('a', { command: 'files.read', allow: [{ path: '/a' }] }),
      files('b', { command: 'files.read', allow: [{ path: '/b' }], deny: [{ path: '/a/x' }] }),
    ]);
    const { invoke } = enter('reader');
    for (const path of ['/a/y', '/b/y']) assert.equal(await invoke.files.read({ path }), path);
    await outOfScope(invoke.files.read({ path: '/a/x' }));
  });

  it('is asked after the schema, with what the schema has made of the argument', async () => {
    const { enter } = createRanch([files('a', { command: 'files.read', allow: [{ path: '/a' }] })]);
    assert.equal((await rejection(enter('reader').invoke.files.read({ path: 1 } as never))).code, 'INVALID_ARGUMENTS');
  });

  it('says no when it breaks, and tells the author', async () => {
    const { enter, errors, ran } = createRanch([files('a', { command: 'files.read', allow: [{ path: '/a' }] })]);
    await outOfScope(enter('reader').invoke.files.read({ path: 'throws' }));
    assert.match(String(errors), /a scope that breaks/);
    assert.deepEqual(ran, []);
  });

  it('can be asked by the handler, for a list that shows only what the caller may see', async () => {
    const { enter } = createRanch([files('a', { command: 'files.list', allow: [{ path: '/public' }], deny: [{ path: '/public/secret' }] })]);
    assert.deepEqual(await enter('reader').invoke.files.list({ path: '/public/' }), ['/public/a']);
    assert.deepEqual(await enter().invoke.files.list({ path: '/' }), ['/public/a', '/public/secret/b', '/private/c']);
  });

  it('does not run what was revoked while the scope took its time', async () => {
    const { core, enter, ran, settle } = createRanch([files('a', { command: 'files.slow', allow: [{ path: '/a' }] })]);
    const call = rejection(enter('reader').invoke.files.slow({ path: '/a' }));
    while (settle() === 0) await new Promise((resolve) => setTimeout(resolve));
    core.revoke('a');
    assert.equal((await call).code, 'NOT_ALLOWED');
    assert.deepEqual(ran, []);
  });
});

describe('pathScope', () => {
  const covers = (pattern: string, ...paths: string[]): string[] => paths.filter((path) => matchesPath(pattern, path));

  it('covers by names: `*` inside one, `**` any number of them', () => {
    assert.deepEqual(covers('/public/**', '/public/a', '/public/a/b/.c', '/public', '/public/', '/publicx/a', '/x/public/a', 'public/a'), ['/public/a', '/public/a/b/.c']);
    assert.deepEqual(covers('/a/*/c', '/a/b/c', '/a/c', '/a/b/b/c'), ['/a/b/c']);
    assert.deepEqual(covers('/a/**/c', '/a/c', '/a/b/c', '/a/b/b/c', '/a/b/c/d'), ['/a/c', '/a/b/c', '/a/b/b/c']);
    assert.deepEqual(covers('*.txt', 'a.txt', '.txt', '/a.txt', 'a/b.txt', 'a.txt.exe'), ['a.txt', '.txt']);
    assert.deepEqual(covers('**', 'a', 'a/b', '/a', '/'), ['a', 'a/b']);
    assert.deepEqual(covers('/**', '/a', '/a/b', 'a', '/'), ['/a', '/a/b']);
    assert.deepEqual(covers('/', '/', '/a'), ['/']);
    assert.deepEqual(covers('/100%/**', '/100%/a', '/100%zz/a'), ['/100%/a']);
  });

  const tricks: Record<string, string[]> = {
    'dots': ['/public/../secret', '/public/..', '/public/./a', '/public/a/../../secret', '../secret', './public/a', '/public/...', '/public/.. /secret', '/public/a.', '/public/a '],
    'slashes': ['//public/a', '/public//a', '/public/a//', '\\public\\a', '/public/..\\secret', '/public\\..\\secret', '\\\\host\\share'],
    'escapes': ['/public/%2e%2e/secret', '/public/%2E%2E%2Fsecret', '/public/..%2fsecret', '/public/%252e%252e/secret', '/public/%c0%ae%c0%ae/secret', '/%70ublic/a', '/public/%00', '/public/a%5c..'],
    'absolutes': ['C:/public/a', 'c:public/a', 'file:///public/a', 'http://public/a', 'blob:public', 'data:,public/a'],
    'Unicode': ['/public/\uff0e\uff0e/secret', '/public/\u2024\u2024/secret', '/public/\u2025/secret', '/public\uff0fa', '/public/\uff05\u0032e', '/public/\u2044a', '/public/a\u2215b', '/public/\u202ea', '/public/a\u200b', '/public/\ufeffa', '/public/e\u0301', '/public/\ud800', '/public/\u2028a', '/pub\u00adlic/a', '\uff43:/public', 'c\uff1a/public/a'],
    'control characters': ['/public/a\0', '/public/\0../secret', '/public/a\n', '/public/\u007fa', '/public/\u0085a', ''],
  };
  for (const [kind, paths] of Object.entries(tricks)) {
    it(`covers nothing that plays with ${kind}`, () => {
      for (const pattern of ['/public/**', '/**', '**', '*', '**/*']) assert.deepEqual(covers(pattern, ...paths), []);
    });
  }

  it('never runs a command for such a path, even where only a denial limits it', async () => {
    const ran: string[] = [];
    const core = createCore({
      name: unique('disk'),
      onError: () => {},
      commands: { read: command({ args: v.object({ path: v.string() }), scope: pathScope(), handler: ({ path }) => void ran.push(path) }) },
      capabilities: [
        { identifier: 'most', clients: ['most'], invoke: [{ command: 'read', deny: [{ path: '/secret/**' }] }] },
        { identifier: 'public', clients: ['public'], invoke: [{ command: 'read', allow: [{ path: '/public/**' }] }] },
      ],
    });
    for (const label of ['most', 'public']) {
      const { port1, port2 } = new MessageChannel();
      atEnd(serve(core, port1, { label }));
      const { invoke } = open<typeof core>(port2);
      for (const path of Object.values(tricks).flat()) await outOfScope(invoke.read({ path }));
      await outOfScope(invoke.read({ path: '/secret/a' }));
      await invoke.read({ path: '/public/a' });
    }
    assert.deepEqual(ran, ['/public/a', '/public/a']);
    assert.throws(() => core.grant({ identifier: 'x', clients: ['x'], invoke: [{ command: 'read', allow: [{ path: '/public/../**' }] }] }), /Expected a plain path/);
  });

  it('agrees with an oracle on every plain path', () => {
    const name = fc.constantFrom('a', 'b', 'ab', '.a', 'a.b');
    const glob = fc.constantFrom('a', 'b', '*', 'a*', '*b', '**');
    const list = (of: fc.Arbitrary<string>) => fc.tuple(fc.boolean(), fc.array(of, { minLength: 1, maxLength: 5 })).map(([absolute, names]) => (absolute ? '/' : '') + names.join('/'));
    const oracle = (globs: string[], names: string[]): boolean => {
      const [first, ...rest] = globs;
      if (first === undefined) return names.length === 0;
      if (first === '**') return rest.length === 0 ? names.length > 0 : names.some((_, skip) => oracle(rest, names.slice(skip))) || oracle(rest, []);
      return names.length > 0 && new RegExp(`^${first.replace('.', '\\.').replace('*', '.*')}$`).test(names[0] as string) && oracle(rest, names.slice(1));
    };
    fc.assert(
      fc.property(list(glob), list(name), (pattern, path) => {
        const split = (text: string): string[] => text.replace(/^\//, '').split('/');
        assert.equal(matchesPath(pattern, path), pattern.startsWith('/') === path.startsWith('/') && oracle(split(pattern), split(path)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('urlScope', () => {
  const covers = (pattern: string, ...urls: string[]): string[] => urls.filter((url) => matchesUrl(pattern, url));
  const api = 'https://*.example.org/api/*';

  it('covers by origin and path', () => {
    const good = ['https://a.example.org/api/x', 'https://a.b.example.org/api/x/y?z#w', 'HTTPS://A.EXAMPLE.ORG:443/api/', 'https://a.example.org/%61pi/x', 'https://a.example.org/x/../api/y'];
    assert.deepEqual(covers(api, ...good), good);
    assert.deepEqual(covers('https://example.org/', 'https://example.org', 'https://example.org/?q', 'https://example.org/x'), ['https://example.org', 'https://example.org/?q']);
    assert.deepEqual(covers('http://localhost:8080/*', 'http://localhost:8080/a', 'http://localhost/a', 'http://localhost:80/a'), ['http://localhost:8080/a']);
    assert.deepEqual(covers('https://*/x', 'https://a/x', 'https://a.b/x', 'http://a/x', 'https://a:1/x'), ['https://a/x', 'https://a.b/x']);
    assert.deepEqual(covers('https://example.org/a(b):c+{d}/*', 'https://example.org/a(b):c+{d}/x', 'https://example.org/ab/x'), ['https://example.org/a(b):c+{d}/x']);
  });

  it('covers nothing that only looks like it', () => {
    const tricks = [
      'https://example.org/api/x', 'https://evilexample.org/api/x', 'https://a.example.org.evil.com/api/x', 'https://a.example.org@evil.com/api/x', 'https://user:pw@a.example.org/api/x',
      'https://evil.com/a.example.org/api/x', 'https://evil.com#a.example.org/api/x', 'https://evil.com\\@a.example.org/api/x', 'http://a.example.org/api/x', 'https://a.example.org:8443/api/x',
      'https://a.example.org./api/x', 'https://a.example.org/API/x', 'https://a.example.org/api/../secret', 'https://a.example.org/api/%2e%2e/secret', 'https://a.example.org/api/..%2fsecret', 'https://a.example.org/api/..%5csecret',
      'https://a.example.org/api/%252e%252e/x', 'https://a.example.org/api//x', 'https://a.example.org//api/x', 'https://a.example.org/api/%00', '//a.example.org/api/x', '/api/x', 'a.example.org/api/x', '',
      'javascript://a.example.org/api/x', 'data:https://a.example.org/api/x', 'blob:https://a.example.org/api/x', 'https://*.example.org/api/../x', 'https:///evil.com/api/x', 'https://a.exam\u200bple.org.evil/api/',
    ];
    assert.deepEqual(covers(api, ...tricks), []);
  });

  it('refuses a pattern that says more than it seems', () => {
    const core = createCore({ name: unique('net'), commands: { get: command({ args: v.object({ to: v.string() }), scope: urlScope('to'), handler: () => {} }) } });
    for (const url of ['https://*example.org/*', 'https://example.*/', 'https://a.*.org/', '*://example.org/*', 'https://example.org', 'https://example.org:*/', 'https://me@example.org/*', 'https://example.org/?*', 'example.org/*', 'https:/example.org/*', '*', '', 'https://example.org/a%2fb']) {
      assert.throws(() => core.grant({ identifier: 'x', clients: ['x'], invoke: [{ command: 'get', allow: [{ url }] }] }), /Expected an origin and a path/, url);
    }
  });
});
