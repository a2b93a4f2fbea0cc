// Runs test files in WebKitGTK through its WebDriver.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const freePort = () =>
  new Promise((resolve) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });

/** A Web Test Runner launcher that speaks W3C WebDriver to WebKitWebDriver, with its own X server. */
export function webkitLauncher({ driver, binary, xvfb }) {
  const children = [];
  const active = new Set();
  let base;
  let ready;

  const call = async (method, path, body) => {
    const res = await fetch(base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await res.json();
    if (!res.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  };

  const startX = () =>
    new Promise((resolve, reject) => {
      const x = spawn(xvfb, ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'pipe', 'ignore'] });
      children.push(x);
      let out = '';
      x.stdout.on('data', (d) => (out += d).includes('\n') && resolve(`:${out.trim()}`));
      x.once('error', reject);
      x.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    });

  const start = async () => {
    const DISPLAY = process.env.DISPLAY || (await startX());
    const port = await freePort();
    children.push(
      spawn(driver, [`--port=${port}`, '--host=127.0.0.1'], {
        stdio: 'ignore',
        env: {
          ...process.env,
          DISPLAY,
          GDK_BACKEND: 'x11',
          LIBGL_ALWAYS_SOFTWARE: '1',
          NO_AT_BRIDGE: '1',
          GSETTINGS_BACKEND: 'memory',
          JSC_useSharedArrayBuffer: '1',
        },
      }),
    );
    base = `http://127.0.0.1:${port}`;
    for (let i = 0; ; i++) {
      try {
        await call('GET', '/status');
        break;
      } catch (e) {
        // A minute: a busy machine starts programs slowly.
        if (i === 1_200) throw e;
        await sleep(50);
      }
    }
    const args = ['--automation', '--javascript-can-open-windows-automatically=true'];
    const { sessionId } = await call('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } },
    });
    base += `/session/${sessionId}`;
  };

  return {
    name: 'WebKitGTK',
    type: 'webkit-webdriver',
    concurrency: 1,
    async startSession(id, url) {
      await (ready ??= start());
      active.add(id);
      await call('POST', '/url', { url });
    },
    isActive: (id) => active.has(id),
    getBrowserUrl: () => call('GET', '/url'),
    async stopSession(id) {
      active.delete(id);
      const testCoverage = await call('POST', '/execute/sync', { script: 'return window.__coverage__', args: [] }).catch(() => undefined);
      // Close the tabs that a test left open, then leave the page, so that its workers end.
      const main = await call('GET', '/window');
      for (const handle of await call('GET', '/window/handles')) {
        if (handle === main) continue;
        await call('POST', '/window', { handle });
        await call('DELETE', '/window');
      }
      await call('POST', '/window', { handle: main });
      await call('POST', '/url', { url: 'about:blank' });
      return { testCoverage: testCoverage ?? undefined };
    },
    async startDebugSession() {
      throw new Error('No debug mode for WebKitGTK: use another browser');
    },
    async stop() {
      if (ready) await call('DELETE', '').catch(() => {});
      for (const child of children.reverse()) child.kill();
    },
  };
}
