import { connect } from 'corral';
import type { Thermometer } from './core.ts';

const { emit, listen } = connect<Thermometer>(() => new Worker(new URL('./core.ts', import.meta.url), { type: 'module' }));

const slider = document.querySelector('input')!;
const output = document.querySelector('output')!;

await listen('temperature', ({ payload }) => {
  output.value = `${payload} °C`;
  if (payload === Number(slider.value)) console.log(`It is ${payload} °C now, as wished.`);
});

slider.addEventListener('change', () => emit('wish', Number(slider.value)));

// What the schema refuses reaches nobody.
await emit('wish', 99).catch((error) => console.log(error.message));
