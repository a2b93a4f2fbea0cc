/** Running schemas: at once where they can, thoroughly where it is cheap, and without telling secrets. */
import { assert } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import { validate, type Verdict } from '../../src/core/validate.ts';
import type { Schema } from 'corral/core';

const issuesOf = (verdict: Verdict | Promise<Verdict>) => (verdict as { issues: { path: unknown[]; message: string }[] }).issues;

const byHand = (result: unknown): Schema => ({ '~standard': { version: 1, vendor: 'by-hand', validate: () => result as never } });

describe('validate', () => {
  it('answers at once when the schema does', () => {
    assert.deepEqual(validate(v.string(), 'x'), { value: 'x' });
    assert.deepEqual(validate(z.string(), 'x'), { value: 'x' });
    assert.deepEqual(validate(byHand({ value: 1 }), 'x'), { value: 1 });
    assert.notInstanceOf(validate(v.string(), 1), Promise);
  });

  it('answers later when the schema does', async () => {
    const later = validate(v.pipeAsync(v.string(), v.checkAsync(async () => Promise.resolve(true))), 'x');
    assert.instanceOf(later, Promise);
    assert.deepEqual(await later, { value: 'x' });
    assert.deepEqual(await validate(byHand(Promise.resolve({ value: 2 })), 'x'), { value: 2 });
    assert.isNotEmpty(issuesOf(await validate(byHand(Promise.resolve({ issues: [{ message: 'no' }] })), 'x')));
  });

  it('without a schema lets only undefined pass', () => {
    assert.deepEqual(validate(undefined, undefined), { value: undefined });
    for (const value of [null, 0, '', {}, []]) assert.lengthOf(issuesOf(validate(undefined, value)), 1);
  });

  it('stops at the first issue unless it is told to be thorough', () => {
    const schema = v.object({ a: v.string(), b: v.string(), c: v.array(v.string()) });
    const value = { a: 1, b: 2, c: [3, 4] };
    assert.lengthOf(issuesOf(validate(schema, value)), 1);
    assert.lengthOf(issuesOf(validate(schema, value, true)), 4);
  });

  it('gives paths as lists of plain keys, however the schema wrote them', () => {
    assert.deepEqual(issuesOf(validate(v.object({ list: v.array(v.object({ n: v.number() })) }), { list: [{ n: 1 }, { n: 'x' }] }))[0]?.path, ['list', 1, 'n']);
    assert.deepEqual(issuesOf(validate(z.object({ list: z.array(z.number()) }), { list: [1, 'x'] }))[0]?.path, ['list', 1]);
    assert.deepEqual(issuesOf(validate(byHand({ issues: [{ message: 'm', path: ['a', { key: 2 }, Symbol('s'), { key: Symbol('t') }] }] }), 1))[0]?.path, ['a', 2, 'Symbol(s)', 'Symbol(t)']);
    assert.deepEqual(issuesOf(validate(v.string(), 1))[0]?.path, []);
    assert.doesNotThrow(() => structuredClone(issuesOf(validate(v.map(v.string(), v.number()), new Map([['k', 'x']])))), 'an issue can cross');
  });

  it('gives only the path and the message of an issue, and few of them, and short ones', () => {
    const many = { issues: Array.from({ length: 100 }, () => ({ message: 'm'.repeat(10_000), input: 'S3CRET', secret: 'S3CRET' })) };
    const issues = issuesOf(validate(byHand(many), 1));
    assert.isAtMost(issues.length, 16);
    for (const issue of issues) {
      assert.deepEqual(Object.keys(issue).sort(), ['message', 'path']);
      assert.isAtMost(issue.message.length, 200);
    }
    assert.notInclude(JSON.stringify(issues), 'S3CRET');
  });

  it('takes the refused value out of what Valibot says about it', () => {
    const told = (schema: Schema, value: unknown): string => JSON.stringify(issuesOf(validate(schema, value, true)));
    assert.notInclude(told(v.picklist(['a']), 'S3CRET-1'), 'S3CRET');
    assert.notInclude(told(v.literal(1), 4711), '4711');
    assert.notInclude(told(v.pipe(v.number(), v.maxValue(10)), 4711), '4711');
    assert.include(told(v.pipe(v.number(), v.maxValue(10)), 4711), '10');
    assert.notInclude(told(v.pipe(v.string(), v.regex(/^x/)), 'S3CRET'), 'S3CRET');
    assert.notInclude(told(v.pipe(v.string(), v.email()), 'S3CRET@'), 'S3CRET');
    assert.notInclude(told(v.date(), 'S3CRET 2'), 'S3CRET');
    assert.notInclude(told(v.strictObject({}), { S3CRET: 1 }).replace(/"path":\[[^\]]*\]/, ''), 'S3CRET');
    assert.include(told(v.object({ a: v.string() }), { a: 5 }), 'string');
  });

  it('lets what a schema throws through, and what it rejects with', async () => {
    assert.throws(() => validate({ '~standard': { version: 1, vendor: 'x', validate: () => { throw new RangeError('broken'); } } }, 1), RangeError);
    await (validate(byHand(Promise.reject(new RangeError('broken'))), 1) as Promise<Verdict>).then(() => assert.fail('It resolved'), (error: unknown) => assert.instanceOf(error, RangeError));
  });
});
