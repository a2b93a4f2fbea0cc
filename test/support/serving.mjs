// How the tests' server answers: TypeScript as JavaScript, isolation headers, a second origin, odd answers on request.
import { createServer } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformWithOxc } from 'vite';

/** Serves .ts as JavaScript with Vite's own Oxc transform: no bundling, so workers are real module URLs. */
export const typescript = {
  name: 'typescript',
  resolveMimeType: (ctx) => (ctx.path.endsWith('.ts') ? 'js' : undefined),
  async transform(ctx) {
    if (!ctx.path.endsWith('.ts')) return;
    const { code, map } = await transformWithOxc(String(ctx.body), ctx.path, { target: 'es2022', sourcemap: true });
    map.sources = [basename(ctx.path)];
    const base64 = Buffer.from(JSON.stringify(map)).toString('base64');
    return { body: `${code}\n//# sourceMappingURL=data:application/json;base64,${base64}` };
  },
};

/**
 * Cross-origin isolation for every response, unless the URL says coi=0: without it there is no SharedArrayBuffer.
 * Every origin may read every file, as on a CDN: sandboxed frames and the other origin load modules from here.
 */
export const headers = (ctx, next) => {
  ctx.set('Access-Control-Allow-Origin', '*');
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
  if (ctx.query.coi !== '0') {
    ctx.set('Cross-Origin-Opener-Policy', 'same-origin');
    ctx.set('Cross-Origin-Embedder-Policy', 'require-corp');
  }
  return next();
};

/** Answers that break a worker's start, each in its own way. */
const oddities = {
  '/odd/missing.js': (ctx) => {
    ctx.status = 404;
    ctx.body = 'Not here';
  },
  '/odd/html.js': (ctx) => {
    ctx.type = 'text/html';
    ctx.body = '<!doctype html><title>A single-page app answers every path with its page</title>';
  },
  // Not text/plain: WebKit runs that.
  '/odd/wrong-mime.js': (ctx) => {
    ctx.type = 'image/png';
    ctx.body = 'postMessage("up");';
  },
  '/odd/slow.js': async (ctx) => {
    await sleep(Number(ctx.query.ms ?? 1000));
    ctx.type = 'text/javascript';
    ctx.body = ctx.query.then ? `import ${JSON.stringify(ctx.query.then)};` : 'postMessage("up");';
  },
};

export const odd = (ctx, next) => {
  const answer = oddities[ctx.path];
  if (!answer) return next();
  ctx.set('Cache-Control', 'no-store');
  return answer(ctx);
};

/** Serves the same files on a second port, which is another origin. */
export function secondOrigin() {
  let server;
  return {
    name: 'second-origin',
    async serverStart({ app }) {
      server = createServer(app.callback());
      await new Promise((resolve) => server.listen(0, resolve));
    },
    serverStop: () => server.close(),
    /** The page that runs a test file; tells it the other origin. */
    page: (framework, head = '') => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Corral tests</title>
    <script>globalThis.otherOrigin = 'http://localhost:${server.address().port}';</script>
    ${head}
  </head>
  <body><script type="module" src="${framework}"></script></body>
</html>`,
  };
}
