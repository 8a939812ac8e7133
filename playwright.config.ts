import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browser.mjs';

const PORT = Number(process.env['UNROLL_E2E_PORT'] ?? 4174);
/** The built page that is tested. */
const FOLDER = process.env['UNROLL_DIST'] ?? 'dist';
/** Tests that run with no other browser beside them: see e2e/support/test.ts. */
const ALONE = /@alone/;

export default defineConfig({
  testDir: 'e2e',
  // Half of a test is a page that loads, or waits to see that nothing happens: a second browser computes meanwhile.
  workers: 2,
  // What promises the reader a time comes last and by itself, whatever became of the rest: as its teardown. A project
  // that depended on the rest would be left out where a test fails, and run all of it for whichever test is asked for.
  projects: [
    { name: 'together', grepInvert: ALONE, teardown: 'alone' },
    { name: 'alone', grep: ALONE, workers: 1 },
  ],
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  forbidOnly: true,
  use: {
    baseURL: `http://localhost:${PORT}/`,
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  webServer: {
    command: `npx vite preview --outDir ${FOLDER} --port ${PORT} --strictPort`,
    port: PORT,
    reuseExistingServer: false,
  },
});
