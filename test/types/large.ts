/** A core of many commands keeps its types, without "excessively deep". `large.mjs` measures a real one. Compiled, never run. */
import { connect, type Command, type CommandName, type Contract } from 'corral';
import { same } from './same.ts';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
type Group = 'files' | 'people' | 'places';

/** Three hundred commands of different types, in three groups. */
type Commands = {
  readonly [G in Group]: { readonly [N in `run${Digit}${Digit}`]: Command<{ from: G; name: N }, `${G} ${N}`, {}> };
};

/** One command, ten groups down. */
type Deep = { a: { b: { c: { d: { e: { f: { g: { h: { i: { j: { run: Command<number, string, {}> } } } } } } } } } } };

interface Large extends Contract {
  readonly '~contract': { readonly commands: Commands & Deep; readonly events: {} };
}

const { invoke } = connect<Large>(() => new Worker('core.js'));

export async function calls(): Promise<void> {
  const answer = await invoke('people.run42', { from: 'people', name: 'run42' });
  same<typeof answer, 'people run42'>(true);
  same<Awaited<ReturnType<typeof invoke.places.run99>>, 'places run99'>(true);
  await invoke.a.b.c.d.e.f.g.h.i.j.run(1);
  const deep = await invoke('a.b.c.d.e.f.g.h.i.j.run', 1);
  same<typeof deep, string>(true);
  same<CommandName<Deep>, 'a.b.c.d.e.f.g.h.i.j.run'>(true);

  // @ts-expect-error the argument of another command
  await invoke('people.run42', { from: 'people', name: 'run43' });
  // @ts-expect-error no such command
  await invoke('people.run100', { from: 'people', name: 'run100' });
  // @ts-expect-error no such command
  await invoke.people.run100({ from: 'people', name: 'run100' });
}
