/** The one place where schemas run. */
import type { Issue } from '../wire/errors.ts';
import type { Schema, SchemaIssue } from '../wire/contract.ts';
import { isObject } from '../wire/messages.ts';

const FIRST_ISSUE = { abortEarly: true };
const EVERY_ISSUE = { abortEarly: false };

export type Verdict = { value: unknown; issues?: undefined } | { issues: Issue[] };

/** Valibot's own door, used to stop at the first issue: one issue for each of a million holes takes a second. */
interface Valibot {
  '~run'?(dataset: { value: unknown }, config: { abortEarly: boolean }): Outcome | Promise<Outcome>;
}
interface Outcome {
  readonly value?: unknown;
  readonly issues?: readonly (SchemaIssue & { received?: string })[] | undefined;
}

/**
 * Runs the schema; the verdict is a promise only if the schema is asynchronous. `thorough` collects every issue (for
 * a form), otherwise the first is enough. Without a schema only `undefined` passes.
 */
export function validate(schema: Schema | undefined, value: unknown, thorough = false): Verdict | Promise<Verdict> {
  if (!schema) return value === undefined ? { value } : { issues: [{ path: [], message: 'Expected nothing' }] };
  const outcome: Outcome | Promise<Outcome> =
    (schema as Valibot)['~run']?.({ value }, thorough ? EVERY_ISSUE : FIRST_ISSUE) ?? schema['~standard'].validate(value);
  return outcome instanceof Promise ? outcome.then(verdict) : verdict(outcome);
}

function verdict({ value, issues }: Outcome): Verdict {
  return issues ? { issues: issues.slice(0, 16).map(issue) } : { value };
}

function issue({ message, path = [], received }: SchemaIssue & { received?: string }): Issue {
  const keys = path.map((step) => (isObject(step) ? step['key'] : step));
  // Valibot repeats the value that it refuses, which may be a secret. A type's name is none.
  const said = received && /[^a-z]/i.test(received) ? message.replace(`eceived ${received}`, 'eceived another value') : message;
  return { path: keys.map(show), message: said.slice(0, 200) };
}

/** A map's key may be any value, and a record's may be endless. */
function show(key: unknown): string | number {
  return typeof key === 'number' ? key : isObject(key) ? 'object' : String(key).slice(0, 80);
}
