/**
 * The `test` of every file here. Around each test it watches the page: no error on the console, nothing against the
 * content security policy, no request to another origin; and, at the end, that a WebGPU adapter did the work.
 */
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { Notebook } from './notebook.ts';

interface Options {
  /** What must be computing when the test ends. */
  engineAtEnd: 'webgpu' | 'reference';
  /** Console errors that belong to what the test does. */
  expectedErrors: readonly RegExp[];
}

interface Fixtures {
  notebook: Notebook;
  watched: void;
}

export const test = base.extend<Options & Fixtures>({
  engineAtEnd: ['webgpu', { option: true }],
  expectedErrors: [[], { option: true }],
  notebook: async ({ page }, use) => {
    await use(new Notebook(page));
  },
  watched: [
    async ({ page, notebook, baseURL, engineAtEnd, expectedErrors }, use) => {
      const problems = await watch(page, new URL(baseURL!).origin);
      await use();
      await expectEngine(notebook, engineAtEnd);

      const unexpected = problems.filter((problem) => !expectedErrors.some((known) => known.test(problem)));
      expect([...new Set(unexpected)], 'console errors, policy violations and foreign requests').toEqual([]);
    },
    { auto: true },
  ],
});

/** Collects, from now on, all that a quiet page would not do. */
async function watch(page: Page, origin: string): Promise<string[]> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url, lineNumber, columnNumber } = message.location();
    problems.push(`console: ${message.text()} (${url}:${lineNumber}:${columnNumber})`);
  });
  watchRequests(page.context(), origin, problems);
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`);
    });
  });
  return problems;
}

function watchRequests(context: BrowserContext, origin: string, problems: string[]): void {
  context.on('request', (request) => {
    const url = new URL(request.url());
    const local = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
    if (!local) problems.push(`foreign request: ${request.url()}`);
  });
}

/**
 * The badge of every lesson names the engine; the footer of `predict#train` counts its dispatches, and the pad of
 * `creative` shows what it computed: the text of a sequence lists the first values.
 */
async function expectEngine(notebook: Notebook, engine: Options['engineAtEnd']): Promise<void> {
  if (!/#\/(predict|creative)/.test(notebook.page.url())) await notebook.open('predict');
  const ofReference = engine === 'reference';
  await expect(notebook.device).toHaveText(ofReference ? /reference/i : /swiftshader|webgpu/i);
  if (!ofReference) await expect(notebook.device).not.toHaveText(/reference/i);
  if (!notebook.page.url().includes('#/predict')) {
    const values = async () => (await notebook.generatedValues()).length;
    await expect.poll(values, { message: 'values generated' }).toBeGreaterThan(0);
    return;
  }
  const dispatches = expect.poll(() => notebook.train.dispatches(), { message: 'dispatches counted' });
  await (ofReference ? dispatches.toBe(0) : dispatches.toBeGreaterThan(0));
}

export { expect };
