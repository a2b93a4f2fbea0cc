import { connect } from 'corral';
import type { Settings } from './core.ts';

const { emit, listen } = connect<Settings>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

await emit('theme', 'dark');
await emit('click', 1);

// Both were emitted before anybody listened: only the retained one is heard.
await listen('click', ({ payload }) => console.log(`click ${payload}`));
await listen('theme', ({ payload }) => console.log(`theme: ${payload}`));

await emit('click', 2);
await emit('theme', 'light');
await listen('theme', ({ payload }) => console.log(`theme, heard by one who came later: ${payload}`));
