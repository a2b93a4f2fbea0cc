/** `invoke.notes.add(args)` is `invoke('notes.add', args)`. */

type Invoke = (command: string, args?: unknown, options?: object) => Promise<unknown>;

/**
 * Returns `invoke` with every command name as a property. Names are only joined here; the core looks them up.
 * What an engine asks an object for when it is awaited or printed is no name, so then nothing is invoked.
 */
export function withNames(invoke: Invoke): Invoke {
  return node(invoke, '', invoke);
}

function node(target: Invoke, prefix: string, invoke: Invoke): Invoke {
  const children = new Map<string, unknown>();
  return new Proxy(target, {
    get(_, key) {
      if (key === Symbol.toPrimitive) return () => `invoke ${prefix}`;
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      let child = children.get(key);
      if (!child) {
        const name = prefix + key;
        child = node(((args: unknown, options: object) => invoke(name, args, options)) as never, `${name}.`, invoke);
        children.set(key, child);
      }
      return child;
    },
  });
}
