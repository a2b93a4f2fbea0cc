// Finds a Chromium, a Firefox and a WebKit on this machine, and says how to launch them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

const require = createRequire(import.meta.url);
const executable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
const first = (names, extra = []) => {
  const dirs = (process.env.PATH ?? '').split(delimiter);
  return [...names.flatMap((n) => dirs.map((d) => join(d, n))), ...extra].find(executable);
};

/** An installed Chrome, Chromium or Edge; CHROME_PATH wins. */
export function installedChromium() {
  const own = process.env.CHROME_PATH;
  if (own) {
    if (!executable(own)) throw new Error(`CHROME_PATH is ${own}, which is not an executable file`);
    return own;
  }
  const win = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(Boolean);
  return first(
    ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge-stable', 'microsoft-edge'],
    [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
      ...win.flatMap((d) => [join(d, 'Google/Chrome/Application/chrome.exe'), join(d, 'Microsoft/Edge/Application/msedge.exe')]),
    ],
  );
}

/**
 * The headless Chromium that the npm package @sparticuz/chromium carries: Linux on x64 only.
 * Unpacked once (2 s) to node_modules/.cache, with the shared libraries that it needs besides glibc.
 */
export async function packagedChromium() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  let root;
  try {
    root = dirname(dirname(require.resolve('@sparticuz/chromium')));
  } catch {
    return undefined;
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const dir = join(process.cwd(), 'node_modules/.cache', `chromium-${version}`);
  const found = { executablePath: join(dir, 'chromium'), env: { ...process.env, LD_LIBRARY_PATH: join(dir, 'lib') } };
  if (existsSync(dir)) return found;
  const part = `${dir}.${process.pid}`;
  await mkdir(part, { recursive: true });
  const unpack = (name, target) => pipeline(createReadStream(join(root, 'bin', name)), createBrotliDecompress(), target);
  await unpack('chromium.br', createWriteStream(join(part, 'chromium'), { mode: 0o755 }));
  const tar = spawn('tar', ['x', '-C', part], { stdio: ['pipe', 'ignore', 'inherit'] });
  await Promise.all([unpack('al2023.tar.br', tar.stdin), once(tar, 'close')]);
  await rename(part, dir);
  return found;
}

/** Flags that keep headless Chromium off the network; no sandbox for root or for the packaged build. */
export const chromiumArgs = (packaged = false) => [
  ...(packaged || process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Puppeteer's launch options for the installed Chromium, else for the packaged one, else undefined. */
export async function chromiumLaunch() {
  const executablePath = installedChromium();
  if (executablePath) return { executablePath, headless: true, args: chromiumArgs() };
  const packaged = await packagedChromium();
  return packaged && { ...packaged, headless: 'shell', args: chromiumArgs(true) };
}

export const installedFirefox = () =>
  process.env.FIREFOX_PATH ??
  first(['firefox', 'firefox-esr'], ['/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe']);

/** WebKitGTK: Debian packages webkit2gtk-driver and xvfb. */
export function installedWebkit() {
  const driver = first(['WebKitWebDriver']);
  const binary = ['x86_64', 'aarch64'].map((a) => `/usr/lib/${a}-linux-gnu/webkit2gtk-4.1/MiniBrowser`).find(executable);
  const xvfb = first(['Xvfb']);
  return driver && binary && (process.env.DISPLAY || xvfb) ? { driver, binary, xvfb } : undefined;
}
