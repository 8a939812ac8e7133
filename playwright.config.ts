import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browser.mjs';

const PORT = Number(process.env['UNROLL_E2E_PORT'] ?? 4174);
/** The built page that is tested. */
const FOLDER = process.env['UNROLL_DIST'] ?? 'dist';

export default defineConfig({
  testDir: 'e2e',
  // One browser at a time: tests promise the reader times, and on two cores a second one saves none.
  workers: 1,
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
