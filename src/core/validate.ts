/** The one place where schemas run. */
import type { Issue } from '../wire/errors.ts';
import type { Schema, SchemaIssue } from '../wire/contract.ts';
import { isObject } from '../wire/messages.ts';

export type Verdict = { value: unknown; issues?: undefined } | { issues: Issue[] };

const MAX_ISSUES = 16;
const MAX_MESSAGE = 200;

/** Valibot's own door, used to stop at the first issue: one issue for each of a million holes takes a second. */
interface Valibot {
  '~run'(dataset: { value: unknown }, config: { abortEarly: boolean }): Outcome | Promise<Outcome>;
}
interface Outcome {
  readonly value?: unknown;
  readonly issues?: readonly SchemaIssue[] | undefined;
}

/**
 * Runs the schema; the verdict is a promise only if the schema is asynchronous. `thorough` collects every issue (for
 * a form), otherwise the first one is enough. Without a schema only `undefined` passes.
 */
export function validate(schema: Schema | undefined, value: unknown, thorough = false): Verdict | Promise<Verdict> {
  if (!schema) return value === undefined ? { value } : { issues: [{ path: [], message: 'Expected nothing' }] };
  const outcome: Outcome | Promise<Outcome> = isValibot(schema)
    ? schema['~run']({ value }, { abortEarly: !thorough })
    : schema['~standard'].validate(value);
  return outcome instanceof Promise ? outcome.then(verdict) : verdict(outcome);
}

function isValibot(schema: object): schema is Valibot {
  return '~run' in schema && typeof schema['~run'] === 'function';
}

function verdict(outcome: Outcome): Verdict {
  if (!outcome.issues) return { value: outcome.value };
  return { issues: outcome.issues.slice(0, MAX_ISSUES).map(issue) };
}

function issue({ message, path, ...rest }: SchemaIssue & { received?: unknown }): Issue {
  const keys = path?.map((step) => (isObject(step) ? step['key'] : step)) ?? [];
  return {
    path: keys.map((key) => (typeof key === 'number' ? key : String(key))),
    message: withoutValue(message, rest.received).slice(0, MAX_MESSAGE),
  };
}

/** Valibot's messages repeat the value they refuse, which may be a secret: a literal is replaced by its type. */
function withoutValue(message: string, received: unknown): string {
  if (typeof received !== 'string' || /^[A-Za-z]+$/.test(received)) return message;
  const type = received.startsWith('"') ? 'a string' : 'another value';
  return message.replaceAll(received, type);
}
