// What each contender adds to a page and to a worker: bundled, minified, gzipped.
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, defaultClientConditions } from 'vite';

const vscodeJsonrpc = `export { BrowserMessageReader, BrowserMessageWriter, createMessageConnection }
  from 'vscode-jsonrpc/browser';`;

/** What the two sides of each contender import in this bench. */
const imports = {
  Corral: {
    page: `export { connect } from 'corral';`,
    worker: `export { command, createCore, event, serve } from 'corral/core';`,
    external: ['comlink', 'valibot'],
  },
  'Corral with valibot': {
    page: `export { connect } from 'corral';`,
    worker: `export { command, createCore, event, serve } from 'corral/core';
             export { array, looseObject, number, object, string } from 'valibot';`,
    external: ['comlink'],
  },
  Comlink: {
    page: `export { transfer, wrap } from 'comlink';`,
    worker: `export { expose, transfer } from 'comlink';`,
  },
  Penpal: {
    page: `export { CallOptions, connect, WorkerMessenger } from 'penpal';`,
    worker: `export { connect, Reply, WorkerMessenger } from 'penpal';`,
  },
  capnweb: {
    page: `export { newMessagePortRpcSession } from 'capnweb';`,
    worker: `export { newMessagePortRpcSession, RpcTarget } from 'capnweb';`,
  },
  birpc: {
    page: `export { createBirpc } from 'birpc';`,
    worker: `export { createBirpc } from 'birpc';`,
  },
  workerpool: {
    page: `export { pool } from 'workerpool';`,
    worker: `export { Transfer, worker, workerEmit } from 'workerpool';`,
  },
  'vscode-jsonrpc': { page: vscodeJsonrpc, worker: vscodeJsonrpc },
};

/** Bytes by name: `{ Comlink: { page, worker } }`. */
export async function sizes() {
  const rows = Object.entries(imports).map(async ([name, { page, worker, external = [] }]) => [
    name,
    { page: await gzipped(page, external), worker: await gzipped(worker, external) },
  ]);
  return Object.fromEntries(await Promise.all(rows));
}

async function gzipped(code, external) {
  // Inside the package, so that it can import itself by its name.
  const entry = resolve(import.meta.dirname, 'entry.js');
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source', ...defaultClientConditions] },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id === 'entry' ? entry : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      rolldownOptions: { input: 'entry', external, preserveEntrySignatures: 'strict' },
      modulePreload: false,
    },
  });
  return gzipSync(output[0].code, { level: 9 }).length;
}
