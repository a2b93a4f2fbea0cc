/** `invoke.notes.add(args)` is `invoke('notes.add', args)`. */

type Invoke = (command: string, args?: unknown, options?: object) => Promise<unknown>;

/**
 * Returns `invoke` with every command name as a property. Names are only joined here; the core looks them up.
 * Neither `then` nor a symbol is a name, so the result may be awaited or printed and nothing is invoked.
 */
export function withNames(invoke: Invoke): Invoke {
  return node(invoke, '', invoke);
}

function node(target: Invoke, prefix: string, invoke: Invoke): Invoke {
  const children = new Map<string, unknown>();
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === 'symbol' || key === 'then') return undefined;
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
