// Opens the bench page in Chromium or Firefox.
import { puppeteerCore as puppeteer } from '@web/test-runner-chrome';
import { chromiumArgs, installedChromium, installedFirefox, packagedChromium } from '../support/browsers.mjs';

export async function launch({ firefox = false } = {}) {
  const launchOptions = firefox ? firefoxOptions() : await chromiumOptions();
  return puppeteer.launch({ ...launchOptions, protocolTimeout: 600_000 });
}

function firefoxOptions() {
  const executablePath = installedFirefox();
  if (!executablePath) throw new Error('No Firefox found: install firefox or firefox-esr, or set FIREFOX_PATH.');
  return { browser: 'firefox', executablePath };
}

async function chromiumOptions() {
  const executablePath = installedChromium();
  if (executablePath) return { executablePath, headless: true, args: chromiumArgs() };
  const packaged = await packagedChromium();
  if (!packaged) throw new Error('No Chromium found: install Chrome or Chromium, or set CHROME_PATH.');
  return { ...packaged, headless: 'shell', args: chromiumArgs(true) };
}

/**
 * A tab with the bench loaded. Unless `attach`, the debugger lets the page's workers go: puppeteer pauses every new
 * worker until it has looked at it, which would drown the start row.
 */
export async function openBench(browser, address, { attach = false } = {}) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && console.error(`console: ${message.text()}`));
  await page.goto(address);
  await page.waitForFunction(() => 'bench' in globalThis);
  if (!attach && browser.protocol === 'cdp') {
    const attachToNone = { autoAttach: false, waitForDebuggerOnStart: false, flatten: true };
    await page._client().send('Target.setAutoAttach', attachToNone);
  }
  return page;
}
