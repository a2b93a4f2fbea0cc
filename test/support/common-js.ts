/** Runs a CommonJS package in the page: the tests' server hands out files as they are, and bundles nothing. */

interface Module {
  exports: unknown;
}

/**
 * Loads a CommonJS file of `node_modules` with all that it requires by relative paths, and returns its exports.
 * The sources are fetched first, because `require` is synchronous.
 */
export async function commonJs<T>(path: string): Promise<T> {
  const sources = new Map<string, string>();
  const entry = new URL(`../../node_modules/${path}`, import.meta.url).href;
  await collect(entry, sources);
  const modules = new Map<string, Module>();

  function run(url: string): unknown {
    const known = modules.get(url);
    if (known) return known.exports;
    const module: Module = { exports: {} };
    // Known before it has run: modules that require each other see what there is so far.
    modules.set(url, module);
    const body = new Function('module', 'exports', 'require', `${sources.get(url)}\n//# sourceURL=${url}`);
    body.call(module.exports, module, module.exports, (name: string) => run(resolve(name, url)));
    return module.exports;
  }

  return run(entry) as T;
}

async function collect(url: string, sources: Map<string, string>): Promise<void> {
  if (sources.has(url)) return;
  sources.set(url, '');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is not there: ${response.status}`);
  const source = await response.text();
  sources.set(url, source);
  const required = [...source.matchAll(/\brequire\(["'](\.[^"']+)["']\)/g)].map(([, name]) =>
    resolve(name as string, url),
  );
  await Promise.all(required.map((each) => collect(each, sources)));
}

function resolve(name: string, from: string): string {
  return new URL(name.endsWith('.js') ? name : `${name}.js`, from).href;
}
