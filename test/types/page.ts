/** A page gets the types of a core and nothing else of it. Compiled, never run. */
import { connect } from 'corral';
import type { notes, Notes } from './core.ts';
import { same } from './same.ts';

export async function page(): Promise<void> {
  // Both name the same core: by its own type, or by `typeof` a value that is imported as a type.
  const one = connect<Notes>(() => new Worker('core.js'));
  const other = connect<typeof notes>(() => new Worker('core.js'));
  same<typeof one, typeof other>(true);

  // @ts-expect-error the core itself is not here: the import is gone when this is compiled
  await notes.emit('cleared');
  // @ts-expect-error a connection shows nothing of the core's inside
  void one['~kernel'];
  // @ts-expect-error what only a core may do
  await one.serve();
}

/** What a page sees of a core: how it is called, not how it answers. */
export type Seen = Notes['~contract']['commands']['greet']['~command'];
same<Seen, { readonly args: { name: string }; readonly result: string; readonly errors: Seen['errors'] }>(true);
same<keyof Notes['~contract']['commands']['greet'], '~command'>(true);
