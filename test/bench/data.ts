/** The data that the workloads send. */
export interface Person {
  id: number;
  name: string;
  email: string;
  joined: string;
  active: boolean;
  score: number;
  address: { street: string; city: string; position: { latitude: number; longitude: number } };
  tags: string[];
}

export interface Tick {
  id: number;
}

const names = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Barbara Liskov', 'Edsger Dijkstra', 'Radia Perlman'];
const cities = ['London', 'New York', 'Manchester', 'Los Angeles', 'Rotterdam', 'Portsmouth'];
const tags = ['engineer', 'mathematician', 'author', 'speaker', 'reviewer'];

/** Records as an API would answer them; 380 of them are 100 kB of JSON. */
export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    name: pick(names, id),
    email: `person${id}@example.org`,
    joined: new Date(Date.UTC(2020, id % 12, 1 + (id % 28))).toISOString(),
    active: id % 3 > 0,
    score: id * 1.25,
    address: {
      street: `${id} Analytical Road`,
      city: pick(cities, id),
      position: { latitude: 51.5 + id / 1000, longitude: -0.12 - id / 1000 },
    },
    tags: [pick(tags, id), pick(tags, id + 2)],
  }));
}

function pick(from: string[], index: number): string {
  return from[index % from.length] ?? '';
}
