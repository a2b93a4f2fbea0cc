/** Builds a document that runs in a sandboxed frame: one file, with its scripts and styles inside. */
import { relative } from 'node:path';
import { build, type Rolldown, type UserConfig } from 'vite';
import { demoFolder } from './pages.ts';

/**
 * A sandboxed document has no origin, so to the host of the site it is a stranger: modules and styles come to it only
 * with CORS headers, which a plain static host does not send. Returns the file's path on the site, and its text.
 */
export async function buildFrame(file: string, resolve: UserConfig['resolve']): Promise<{ fileName: string; source: string }> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'warn',
    root: demoFolder,
    base: './',
    ...(resolve && { resolve }),
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: Infinity,
      cssCodeSplit: false,
      rolldownOptions: { input: file, output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  const fileName = relative(demoFolder, file).replaceAll('\\', '/');
  const text = (ending: string): string => {
    const found = output.find((one) => one.fileName.endsWith(ending));
    return !found ? '' : found.type === 'chunk' ? found.code : String(found.source);
  };
  const script = text('.js').replaceAll('</script', '<\\/script');
  const source = text('.html')
    .replace(/\s*<link rel="stylesheet"[^>]*>/g, '')
    .replace(/\s*<script type="module"[^>]*><\/script>/g, '')
    .replace('</head>', () => `<style>${text('.css')}</style></head>`)
    .replace('</body>', () => `<script type="module">${script}</script></body>`);
  return { fileName, source };
}
