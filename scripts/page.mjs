/** The built page, served and opened in Chromium: for pictures and benchmarks. */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { ensureBrowser, launchOptions } from './browser.mjs';

/**
 * Serves the built page (the folder UNROLL_DIST, or `dist`) on a free port, launches Chromium, hands both to `work`
 * and closes them, whatever happens.
 * @param {(browser: import('@playwright/test').Browser, address: string) => Promise<void>} work
 */
export async function withBuiltPage(work) {
  const outDir = process.env['UNROLL_DIST'] ?? 'dist';
  if (!existsSync(`${outDir}/index.html`)) {
    throw new Error(`There is no built page in ${outDir}: run npm run build first.`);
  }
  ensureBrowser();
  const server = await preview({ build: { outDir }, preview: { port: 4180 }, logLevel: 'error' });
  const browser = await chromium.launch(launchOptions());
  try {
    await work(browser, server.resolvedUrls.local[0]);
  } finally {
    await browser.close();
    await server.close();
  }
}
