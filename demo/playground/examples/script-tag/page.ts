// The script tag in index.html has defined `Corral`. Without TypeScript, leave out the line below.
declare const Corral: typeof import('corral');

const { invoke } = Corral.connect(() => new Worker(new URL('./core.ts', import.meta.url)));
const greet = invoke as (command: string, args: unknown) => Promise<string>;

const output = document.querySelector('output')!;
output.value = await greet('greet', { name: 'script tag' });
console.log(output.value);
export {};
