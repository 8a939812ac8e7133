/** Peers in headless Chromium: a browser each, since what a page has given the GPU's process outlasts the page. */
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { ensureBrowser, launchOptions } from '../../scripts/browser.mjs';

/** So that WebAssembly may have threads. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * @param {string} outDir where the built page is
 * @returns {import('../host.ts').Host}
 */
export function chromiumHost(outDir) {
  let server;
  const address = async () => {
    server ??= preview({
      configFile: false,
      root: outDir,
      build: { outDir },
      preview: { port: 4190, headers: ISOLATED },
      logLevel: 'error',
    });
    return (await server).resolvedUrls.local[0];
  };
  return {
    name: 'chromium',
    async open() {
      ensureBrowser();
      const url = await address();
      const browser = await chromium.launch(launchOptions());
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction(() => globalThis.callSession !== undefined);
      return {
        call: (method, ...values) =>
          page.evaluate(([method, values]) => globalThis.callSession(method, values), [method, values]),
        end: () => browser.close(),
      };
    },
    close: async () => (await server)?.close(),
  };
}
