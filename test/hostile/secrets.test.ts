/** What an error must not tell: the value that was refused, the handler's own words. */
import { assert } from 'chai';
import * as v from 'valibot';
import { command, createCore, event } from 'corral/core';
import { atEnd, openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

const SECRET = 'S3CRET/hunter2"\n$&';
const NUMBER = 4_111_111_111_111_111;

/** Schemas whose messages repeat what they refuse, each with a value that holds the secret. */
const refusals: Record<string, [v.GenericSchema, unknown]> = {
  number: [v.number(), SECRET],
  nested: [v.object({ card: v.object({ number: v.number() }) }), { card: { number: SECRET } }],
  list: [v.array(v.number()), [1, SECRET]],
  email: [v.pipe(v.string(), v.email()), SECRET],
  regex: [v.pipe(v.string(), v.regex(/^\d+$/)), SECRET],
  startsWith: [v.pipe(v.string(), v.startsWith('x')), SECRET],
  picklist: [v.picklist(['light', 'dark']), SECRET],
  literal: [v.literal('x'), SECRET],
  enum: [v.enum({ A: 'a' }), SECRET],
  union: [v.union([v.number(), v.boolean()]), SECRET],
  variant: [
    v.variant('type', [v.object({ type: v.literal('a') }), v.object({ type: v.literal('b') })]),
    { type: SECRET },
  ],
  intersect: [v.intersect([v.object({ a: v.number() }), v.object({ b: v.number() })]), { a: 1, b: SECRET }],
  tuple: [v.tuple([v.number()]), [SECRET]],
  map: [v.map(v.string(), v.number()), new Map([['a', SECRET]])],
  set: [v.set(v.number()), new Set([SECRET])],
  date: [v.date(), SECRET],
  bigint: [v.bigint(), SECRET],
  card: [v.string(), NUMBER],
  cardBigint: [v.string(), BigInt(NUMBER)],
  maximum: [v.pipe(v.number(), v.maxValue(10)), NUMBER],
  values: [v.pipe(v.string(), v.values(['a'])), SECRET],
  uuid: [v.pipe(v.string(), v.uuid()), SECRET],
  json: [v.pipe(v.string(), v.parseJson()), SECRET],
  object: [v.object({ a: v.number() }), SECRET],
  array: [v.array(v.any()), SECRET],
};

const tells = (text: string): boolean =>
  text.includes('S3CRET') || text.includes('hunter2') || text.includes(String(NUMBER));

/** Everything said on the console until the end of the test. */
function overhearConsole(): () => string {
  const said: string[] = [];
  for (const method of ['error', 'warn', 'info', 'log', 'debug'] as const) {
    const original = console[method];
    console[method] = (...args) =>
      void said.push(
        ...args.map((arg) =>
          arg instanceof Error ? `${arg.stack} ${arg.message} ${JSON.stringify(arg.cause)}` : JSON.stringify(arg),
        ),
      );
    atEnd(() => (console[method] = original));
  }
  return () => said.join('\n');
}

describe('secrets', () => {
  it('21: repeats no refused argument, neither in the error nor on the console', async () => {
    const said = overhearConsole();
    const commands = Object.fromEntries(
      Object.entries(refusals).map(([name, [args]]) => [name, command({ args, handler: () => 1 })]),
    );
    const { invoke } = openInProcess(createCore({ name: unique('secrets'), commands }));
    for (const [name, [, value]] of Object.entries(refusals)) {
      const error = await rejection(invoke(name as never, value as never));
      assert.equal(error.code, 'INVALID_ARGUMENTS', name);
      assert.isFalse(tells(`${error.message} ${JSON.stringify(error.details)}`), `${name}: ${error.message}`);
    }
    assert.isFalse(tells(said()), said());
  });

  it('21: repeats no refused payload', async () => {
    const said = overhearConsole();
    const events = Object.fromEntries(Object.entries(refusals).map(([name, [schema]]) => [name, event(schema)]));
    const { emit } = openInProcess(createCore({ name: unique('secrets'), events }));
    for (const [name, [, value]] of Object.entries(refusals)) {
      const error = await rejection(emit(name as never, value as never));
      assert.equal(error.code, 'INVALID_PAYLOAD', name);
      assert.isFalse(tells(`${error.message} ${JSON.stringify(error.details)}`), `${name}: ${error.message}`);
    }
    assert.isFalse(tells(said()), said());
  });

  it('21: repeats no answer that `returns` refused', async () => {
    const said = overhearConsole();
    const commands = Object.fromEntries(
      Object.entries(refusals).map(([name, [returns, value]]) => [
        name,
        command({ returns, handler: () => value as never }),
      ]),
    );
    const { invoke } = openInProcess(createCore({ name: unique('secrets'), commands }));
    for (const name of Object.keys(refusals)) {
      const error = await rejection(invoke(name as never, undefined as never));
      assert.equal(error.code, 'INVALID_RESULT', name);
      assert.isFalse(tells(`${error.message} ${JSON.stringify(error.details)}`), `${name}: ${error.message}`);
    }
    assert.isFalse(tells(said()), said());
  });

  it("21: keeps a handler's own words in the core, and its stack even when they may cross", async () => {
    const fault = new Error(SECRET, { cause: SECRET });
    const commands = { fail: command({ handler: () => Promise.reject(fault) }) };
    const errors: unknown[] = [];
    const mute = openInProcess(
      createCore({ name: unique('mute'), commands, onError: (error) => void errors.push(error) }),
    );
    const hidden = await rejection(mute.invoke.fail());
    assert.equal(hidden.code, 'COMMAND_FAILED');
    assert.isFalse(
      tells(`${hidden.message} ${hidden.stack} ${JSON.stringify(hidden.details)} ${String(hidden.cause)}`),
    );
    assert.deepEqual(errors, [fault]);

    const open = openInProcess(createCore({ name: unique('open'), commands, exposeErrors: true, onError: () => {} }));
    const shown = await rejection(open.invoke.fail());
    assert.include(shown.message, SECRET);
    assert.isUndefined(shown.cause);
    assert.notInclude(JSON.stringify(shown.details), 'secrets.test.ts');
    assert.notInclude(shown.message, 'secrets.test.ts');
  });
});
