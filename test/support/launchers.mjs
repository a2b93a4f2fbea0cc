// Web Test Runner launchers for the three engines, each undefined when this machine lacks the engine.
import { chromeLauncher, puppeteerCore } from '@web/test-runner-chrome';
import { chromiumLaunch, installedFirefox, installedWebkit } from './browsers.mjs';
import { webkitLauncher } from './webkit-launcher.mjs';

export const launchers = {
  async chromium() {
    const launchOptions = await chromiumLaunch();
    // For the tests of what is collected.
    return launchOptions && puppeteerLauncher({ ...launchOptions, args: [...launchOptions.args, '--js-flags=--expose-gc'] });
  },
  firefox() {
    const executablePath = installedFirefox();
    return executablePath && puppeteerLauncher({ browser: 'firefox', executablePath });
  },
  webkit() {
    const found = installedWebkit();
    return found && webkitLauncher(found);
  },
};

/** Each test file gets a browser context of its own: nothing stored, opened or locked by another is there. */
function puppeteerLauncher(launchOptions) {
  const launcher = chromeLauncher({
    puppeteer: puppeteerCore,
    // A busy machine starts programs slowly.
    launchOptions: { timeout: 120_000, ...launchOptions },
    createPage: async ({ browser }) => (await browser.createBrowserContext()).newPage(),
  });
  const stopSession = launcher.stopSession.bind(launcher);
  launcher.stopSession = async (id) => {
    const result = await stopSession(id);
    await launcher.inactivePages.pop()?.puppeteerPage.browserContext().close();
    return result;
  };
  return launcher;
}
