/** What a schema promises: arguments, answers and error details pass it, whoever wrote it, at once or later. */
import { assert } from 'chai';
import type { CorralError } from 'corral';
import { command, createCore, type Schema } from 'corral/core';
import * as v from 'valibot';
import { z } from 'zod';
import { openInProcess, rejection } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

/** A Standard Schema by hand, which takes its time. */
const evenSoon: Schema<number> = {
  '~standard': {
    version: 1,
    vendor: 'by-hand',
    async validate(value) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return typeof value === 'number' && value % 2 === 0 ? { value } : { issues: [{ message: 'Expected an even number', path: [{ key: 'n' }, 0, 'deep'] }] };
    },
  },
};

/** One that changes what it accepts. */
const trimmed: Schema<string> = {
  '~standard': {
    version: 1,
    vendor: 'by-hand',
    validate: (value) => (typeof value === 'string' ? { value: value.trim() } : { issues: [{ message: 'Expected text' }] }),
  },
};

describe('a schema', () => {
  it('of Valibot judges an argument', async () => {
    const core = createCore({ name: unique(), commands: { half: command({ args: v.object({ n: v.number() }), handler: ({ n }) => n / 2 }) } });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.half({ n: 8 }), 4);
    const error = (await rejection(invoke.half({ n: '8' as never }))) as CorralError<'INVALID_ARGUMENTS'>;
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.include(error.message, '`half`');
    assert.include(error.message, '`n`');
    assert.deepEqual(error.details.issues.map(({ path }) => path), [['n']]);
  });

  it('of Valibot that is asynchronous judges an argument', async () => {
    const args = v.pipeAsync(v.string(), v.checkAsync(async (text) => Promise.resolve(text === 'open sesame'), 'Say the word'));
    const core = createCore({ name: unique(), commands: { enter: command({ args, handler: () => 'in' }) } });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.enter('open sesame'), 'in');
    const error = await rejection(invoke.enter('hello'));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.include(error.message, 'Say the word');
  });

  it('of Zod judges an argument', async () => {
    const args = z.object({ list: z.array(z.object({ n: z.number() })) });
    const core = createCore({ name: unique(), commands: { sum: command({ args, handler: ({ list }) => list.reduce((total, { n }) => total + n, 0) }) } });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.sum({ list: [{ n: 1 }, { n: 2 }] }), 3);
    const error = (await rejection(invoke.sum({ list: [{ n: 1 }, { n: 'x' as never }] }))) as CorralError<'INVALID_ARGUMENTS'>;
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.deepEqual(error.details.issues[0]?.path, ['list', 1, 'n']);
  });

  it('of Zod that is asynchronous judges an argument', async () => {
    const args = z.string().refine(async (text) => Promise.resolve(text.length < 4), 'Too long a word');
    const core = createCore({ name: unique(), commands: { say: command({ args, handler: (text) => text }) } });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.say('abc'), 'abc');
    assert.include((await rejection(invoke.say('abcd'))).message, 'Too long a word');
  });

  it('by hand and asynchronous judges an argument', async () => {
    let runs = 0;
    const core = createCore({ name: unique(), commands: { even: command({ args: evenSoon, handler: (n) => (runs++, n) }) } });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.even(4), 4);
    const error = await rejection(invoke.even(5));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.deepEqual(error.details, { issues: [{ path: ['n', 0, 'deep'], message: 'Expected an even number' }] } as never);
    assert.equal(runs, 1, 'a refused argument never reaches the handler');
  });

  it('gives the handler its output, not what was sent', async () => {
    const core = createCore({
      name: unique(),
      commands: {
        shout: command({ args: v.pipe(v.object({ text: v.string() }), v.transform(({ text }) => text.toUpperCase())), handler: (text) => text }),
        trim: command({ args: trimmed, handler: (text) => `[${text}]` }),
        only: command({ args: v.object({ known: v.string() }), handler: (args) => Object.keys(args) }),
      },
    });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.shout({ text: 'hey' }), 'HEY');
    assert.equal(await invoke.trim('  hey '), '[hey]');
    assert.deepEqual(await invoke.only({ known: 'x', unknown: 'y' } as never), ['known']);
  });

  it('names every fault of a small argument, for a form', async () => {
    const args = v.object({ name: v.pipe(v.string(), v.minLength(1, 'Name it')), age: v.pipe(v.number(), v.minValue(0, 'Not born yet')) });
    const core = createCore({ name: unique(), commands: { register: command({ args, handler: () => true }) } });
    const { invoke } = openInProcess(core);
    const error = await rejection(invoke.register({ name: '', age: -1 }));
    assert.deepEqual(error.details, {
      issues: [
        { path: ['name'], message: 'Name it' },
        { path: ['age'], message: 'Not born yet' },
      ],
    } as never);
  });

  it('left out means no argument, and being sent one is refused', async () => {
    let runs = 0;
    const core = createCore({ name: unique(), commands: { now: command({ handler: () => ++runs }) } });
    const { invoke } = openInProcess(core);
    assert.equal(await invoke.now(), 1);
    const call = invoke.now as unknown as (args: unknown) => Promise<unknown>;
    for (const argument of [{}, 0, '', false, null, []]) {
      assert.equal((await rejection(call(argument))).code, 'INVALID_ARGUMENTS', `sent ${JSON.stringify(argument)}`);
    }
    assert.equal(runs, 1);
  });

  it('that throws fails only its own call, and the author is told', async () => {
    const told: unknown[] = [];
    const broken: Schema<string> = { '~standard': { version: 1, vendor: 'by-hand', validate: () => { throw new Error('the schema broke'); } } };
    const core = createCore({
      name: unique(),
      onError: (error) => told.push((error as Error).message),
      commands: { bad: command({ args: broken, handler: () => 'never' }), good: command({ handler: () => 'fine' }) },
    });
    const { invoke } = openInProcess(core);
    const [bad, good] = await Promise.all([rejection(invoke.bad('x')), invoke.good()]);
    assert.equal(bad.code, 'COMMAND_FAILED');
    assert.notInclude(bad.message, 'the schema broke');
    assert.equal(good, 'fine');
    assert.deepEqual(told, ['the schema broke']);
  });
});

describe('returns', () => {
  it('checks the answer before it leaves, and the client gets its output', async () => {
    const core = createCore({
      name: unique(),
      commands: {
        account: command({ returns: v.object({ name: v.string() }), handler: () => ({ name: 'Ada', password: 'secret' }) }),
        later: command({ returns: v.pipeAsync(v.number(), v.transformAsync(async (n) => Promise.resolve(n + 1))), handler: async () => Promise.resolve(1) }),
        zod: command({ returns: z.object({ id: z.number() }), handler: () => ({ id: 7 }) }),
      },
    });
    const { invoke } = openInProcess(core);
    assert.deepEqual(await invoke.account(), { name: 'Ada' });
    assert.equal(await invoke.later(), 2);
    assert.deepEqual(await invoke.zod(), { id: 7 });
  });

  it('that refuses is INVALID_RESULT for the client, and only the author learns what was wrong', async () => {
    const told: string[] = [];
    const core = createCore({
      name: unique(),
      onError: (error, about) => told.push(JSON.stringify([error, (error as Error).cause, about.command])),
      commands: { roll: command({ returns: v.pipe(v.number(), v.maxValue(6)), handler: () => 7777 }) },
    });
    const { invoke } = openInProcess(core);
    const error = await rejection(invoke.roll());
    assert.equal(error.code, 'INVALID_RESULT');
    assert.equal(error.side, 'core');
    assert.deepEqual(error.details, { command: 'roll' } as never);
    assert.notInclude(`${error.message}${String(error.cause)}`, '7777');
    assert.lengthOf(told, 1);
    assert.include(told[0], '<=6');
    assert.include(told[0], 'roll');
  });

  it('left out lets any answer leave as it is', async () => {
    const answer = { map: new Map([[1, new Date(0)]]), nan: NaN, big: 1n, nothing: undefined, list: [, 1] };
    const core = createCore({ name: unique(), commands: { all: command({ handler: () => answer }), none: command({ handler: () => {} }) } });
    const { invoke } = openInProcess(core);
    assert.deepEqual(await invoke.all(), answer);
    assert.isUndefined(await invoke.none());
  });
});

describe('the sentence about a refused argument', () => {
  const refusal = async (args: Schema<never>, argument: unknown): Promise<string> => {
    const core = createCore({ name: unique(), commands: { take: command({ args, handler: () => {} }) } });
    const error = await rejection(openInProcess(core).invoke.take(argument as never));
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    return `${error.message} ${JSON.stringify(error.details)}`;
  };

  it('never repeats a secret that was sent', async () => {
    const secret = 'hunter2-S3CRET';
    const schemas = [v.literal('a'), v.picklist(['a', 'b']), v.number(), v.pipe(v.string(), v.email()), v.object({}), v.variant('type', [v.object({ type: v.literal('a') })])];
    for (const schema of schemas) assert.notInclude(await refusal(schema as never, secret), secret, schema.type);
    const inside = v.object({ type: v.literal('a') });
    assert.notInclude(await refusal(inside as never, { type: secret }), secret);
    assert.notInclude(await refusal(v.literal('a') as never, 8812345), '8812345');
  });

  it('keeps its numbers whole where a short value was refused', async () => {
    assert.include(await refusal(v.pipe(v.number(), v.minValue(10)) as never, 1), '>=10');
    assert.include(await refusal(v.pipe(v.string(), v.minLength(20)) as never, 'ab'), '>=20');
  });
});
