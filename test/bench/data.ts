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

/** So many ticks, each made when it is asked for. */
export function* ticks(count: number): Generator<Tick> {
  for (let id = 1; id <= count; id++) yield { id };
}

/** As long as what a file or a response is read in. */
const CHUNK = 65_536;

/** So many bytes, in chunks that are made when they are asked for. */
export function* chunks(size: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let left = size; left > 0; left -= CHUNK) yield new Uint8Array(Math.min(left, CHUNK));
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
