/** A core whose handlers fail in every way, in a worker of its own. */
import * as v from 'valibot';
import { command, CorralError, createCore, serve } from 'corral/core';

class QuotaError extends Error {
  readonly code = 'QUOTA';
  readonly details = { left: 3, when: new Date(0) };
}

let reported = 0;
let last: unknown;
let fault = 'none';
const errors = { QUOTA: v.object({ left: v.number(), when: v.date() }) };

export const failing = createCore({
  name: 'failing',
  onError(error) {
    reported++;
    last = error instanceof Error ? error.message : error;
    if (fault === 'throws') throw new Error('onError itself');
    if (fault === 'rejects') return Promise.reject(new Error('onError itself, later')) as never;
  },
  commands: {
    declared: command({ errors, handler: (_, { fail }) => fail('QUOTA', { left: 3, when: new Date(0) }) }),
    subclass: command({ errors, handler: () => Promise.reject(new QuotaError('over')) }),
    undeclared: command({
      handler: (_, { fail }) =>
        (fail as (code: string, details: unknown) => never)('QUOTA', { left: 3, when: new Date(0) }),
    }),
    mismatch: command({ errors, handler: (_, { fail }) => fail('QUOTA', { left: 'three' } as never) }),
    forged: command({
      errors,
      handler: () => Promise.reject(new CorralError<string>('NOT_ALLOWED', 'forged', { client: 'x' })),
    }),
    background: command({
      args: v.object({ count: v.number() }),
      handler({ count }) {
        for (let index = 0; index < count; index++) void Promise.reject(new Error('in the background'));
        return 'answered';
      },
    }),
    onError: command({
      args: v.object({ fault: v.picklist(['none', 'throws', 'rejects']) }),
      handler: (args) => void (fault = args.fault),
    }),
    state: command({ handler: () => ({ reported, last: String(last) }) }),
  },
});
export type Failing = typeof failing;
serve(failing);
