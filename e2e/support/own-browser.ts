/** Tests that break the graphics process, or do without WebGPU, each have a browser of their own. */
import { type Browser } from '@playwright/test';
import { launchOptions } from '../../scripts/browser.mjs';
import { test as base } from './test.ts';

interface OwnBrowser {
  /** Launch arguments of this test's browser. */
  launchArguments: readonly string[];
  ownBrowser: Browser;
  /** Kills the browser's graphics process, as a driver's fault would. */
  crashGraphicsProcess: () => Promise<void>;
}

export const test = base.extend<OwnBrowser>({
  launchArguments: [launchOptions().args, { option: true }],
  ownBrowser: async ({ playwright, launchArguments }, use) => {
    const browser = await playwright.chromium.launch({ ...launchOptions(), args: [...launchArguments] });
    await use(browser);
    await browser.close();
  },
  page: async ({ ownBrowser, baseURL, viewport }, use) => {
    const context = await ownBrowser.newContext({ baseURL: baseURL!, viewport });
    await use(await context.newPage());
    await context.close();
  },
  crashGraphicsProcess: async ({ ownBrowser }, use) => {
    await use(async () => {
      const session = await ownBrowser.newBrowserCDPSession();
      // The process that would answer may be gone before it does.
      await session.send('Browser.crashGpuProcess').catch(() => undefined);
      await session.detach();
    });
  },
});

export { expect } from './test.ts';
