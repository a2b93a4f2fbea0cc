import { connect } from 'corral';
import type { Greeter } from './core.ts';

const { invoke } = connect<Greeter>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

console.log(await invoke.greet({ name: 'Ada' }));

// TypeScript refuses { name: 42 }. Sent all the same, the core refuses it.
const wrong = { name: 42 } as unknown as { name: string };
await invoke.greet(wrong).catch((error) => console.log(error.message));
