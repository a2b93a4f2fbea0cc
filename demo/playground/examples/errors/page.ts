import { connect, type CallError } from 'corral';
import type { Account } from './core.ts';

const { invoke } = connect<Account>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

console.log(`withdrew 30, ${await invoke.withdraw({ amount: 30 })} left`);

try {
  await invoke.withdraw({ amount: 30 });
} catch (thrown) {
  const error = thrown as CallError<Account, 'withdraw'>;
  // `code` tells which error it is; then `details` has its type.
  if (error.code === 'TOO_LITTLE') console.log(`There is only ${error.details.balance}.`);
  else throw error;
}

await invoke.withdraw({ amount: -5 }).catch((error) => console.log(error.code, error.details.issues));
await invoke.audit().catch((error) => console.log(error.message));
