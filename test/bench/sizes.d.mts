/** The types of what the race shows, too. */
export function sizes(): Promise<Record<string, { page: number; worker: number }>>;
