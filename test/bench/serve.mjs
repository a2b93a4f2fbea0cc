// Bundles the bench page and its workers from the sources, as an app would be, and serves them from memory.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { extname, resolve } from 'node:path';
import { build, defaultClientConditions } from 'vite';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

/** `minify: false` keeps the names of functions, for profiles. Returns the page's address and a function that stops. */
export async function serveBench({ minify = true } = {}) {
  const { output } = await build({
    configFile: false,
    root: resolve(import.meta.dirname),
    mode: 'production',
    logLevel: 'error',
    resolve: { conditions: ['source', ...defaultClientConditions] },
    worker: { format: 'es', rolldownOptions: { output: { minify } } },
    build: { write: false, target: 'es2022', minify, modulePreload: false, chunkSizeWarningLimit: Infinity },
  });
  const files = new Map(output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]));

  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    const body = files.get(path);
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': types[extname(path)] ?? 'application/octet-stream',
      // Cached, so that a start measures the browser and the worker, not this server.
      'Cache-Control': 'max-age=3600',
      // Isolation makes performance.now() exact to 5 microseconds.
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { address: `http://localhost:${server.address().port}/`, stop: () => server.close(), files };
}
