/** Makes a project ready for Vite, as a zip. */
import { strToU8, zipSync } from 'fflate';
import { files as corral, versions } from 'virtual:playground/package';
import globals from 'virtual:playground/globals';
import { filesOf, type Project } from './project.ts';

/** The zip's bytes; `title` becomes the project's title and, in kebab-case, its folder. */
export function toZip(project: Project, title: string): { name: string; bytes: Uint8Array } {
  const name = `corral-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'project'}`;
  const texts = { ...fixed(project, title, name), ...sources(project, title), ...vendored(project) };
  const entries = Object.entries(texts).map(([path, text]) => [`${name}/${path}`, strToU8(text)]);
  return { name: `${name}.zip`, bytes: zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>, { level: 9 }) };
}

function fixed(project: Project, title: string, name: string): Record<string, string> {
  const manifest = {
    name,
    private: true,
    type: 'module',
    scripts: { dev: 'vite', build: 'vite build', preview: 'vite preview', check: 'tsc' },
    dependencies: { corral: 'file:./vendor/corral', valibot: versions.valibot },
    devDependencies: { typescript: versions.typescript, vite: versions.vite },
  };
  const compilerOptions = {
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'bundler',
    lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable', 'ESNext.Disposable'],
    types: ['vite/client'],
    strict: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  return {
    'package.json': json(manifest),
    'tsconfig.json': json({ compilerOptions, include: ['src'] }),
    'vite.config.js': viteConfig(project['guest.ts'] !== undefined),
    'README.md': `# ${title}\n\nMade in Corral's playground. \`src/core.ts\` runs in a worker, \`src/page.ts\` on the page.\n\n\`\`\`\nnpm install\nnpm run dev        then open the address that it prints\nnpm run build      makes dist/, for any static host\nnpm run check      types\n\`\`\`\n\nCorral itself is in \`vendor/corral\`, because it is in no registry yet.\n`,
  };
}

function viteConfig(hasGuest: boolean): string {
  const pages = hasGuest ? "['index.html', 'guest.html']" : "['index.html']";
  return `import { defineConfig } from 'vite';

// A sandboxed frame is a stranger to every origin, also to the one that serves it.
const headers = { 'Access-Control-Allow-Origin': '*' };

export default defineConfig({
  base: './',
  worker: { format: 'es' },
  build: { target: 'es2022', rollupOptions: { input: ${pages} } },
  server: { headers },
  preview: { headers },
});
`;
}

function sources(project: Project, title: string): Record<string, string> {
  const scripts = filesOf(project).filter((file) => file.endsWith('.ts'));
  const pages = { 'index.html': pageOf(title, project['index.html'] ?? '', 'page.ts') };
  return {
    ...pages,
    ...(project['guest.ts'] !== undefined && { 'guest.html': pageOf(`${title}: the guest`, '', 'guest.ts') }),
    ...Object.fromEntries(scripts.map((file) => [`src/${file}`, project[file] ?? ''])),
  };
}

function pageOf(title: string, body: string, script: string): string {
  const inner = body.trim() === '' ? '' : `${body.trimEnd().replace(/^/gm, '    ')}\n`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
  </head>
  <body>
${inner}    <script type="module" src="./src/${script}"></script>
  </body>
</html>
`;
}

/** Corral as a package in a folder, and its script-tag builds where the project loads them. */
function vendored(project: Project): Record<string, string> {
  const text = Object.values(project).join('\n');
  const builds = Object.entries(globals).filter(([name]) => text.includes(name));
  const packed = Object.entries(corral).map(([path, content]) => [`vendor/corral/${path}`, content]);
  return Object.fromEntries([...packed, ...builds.map(([name, content]) => [`public/${name}`, content])]);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
