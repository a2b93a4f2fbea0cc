/** The types of what the race shows, too. */
export function median(numbers: readonly number[]): number;
export function ratio(samples: readonly number[], base: readonly number[]): number;
export function duration(milliseconds: number): string;
export function bytes(count: number): string;
