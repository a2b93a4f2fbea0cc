import { command, createCore, serve } from 'corral/core';
import * as v from 'valibot';

let balance = 50;

const account = createCore({
  name: 'account',
  commands: {
    withdraw: command({
      args: v.object({ amount: v.pipe(v.number(), v.minValue(1)) }),
      // What the page can be told, by code, each with the schema of its details.
      errors: { TOO_LITTLE: v.object({ balance: v.number() }) },
      handler: ({ amount }, { fail }) => {
        if (amount > balance) fail('TOO_LITTLE', { balance });
        return (balance -= amount);
      },
    }),
    audit: command({
      handler: () => {
        throw new Error('The database password is hunter2');
      },
    }),
  },
  // Other errors are for the core's author; a page learns only that the command failed.
  onError: (error, { command: name }) => console.log(`for the author: ${name} threw "${(error as Error).message}"`),
});

export type Account = typeof account;
serve(account);
