/** What a classic worker gets as `Corral` from the script-tag build: the core's door, with valibot as `Corral.v`. */
export * from './core.ts';
export * as v from 'valibot';
