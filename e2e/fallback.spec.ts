import { BASE_ARGUMENTS } from '../scripts/browser.mjs';
import { expect, test } from './support/own-browser.ts';

// A browser without an adapter: everything works on the processor, and the page says so.
test.use({ engineAtEnd: 'reference', launchArguments: BASE_ARGUMENTS });

test('predict trains on the reference engine, under a notice', async ({ page, notebook }) => {
  await notebook.open('predict');
  await expect(notebook.device).toHaveText(/reference/i);
  await expect(page.getByText(/WebGPU/).first()).toBeVisible();
  const { train } = notebook;
  await page.getByText('What an iteration costs').click();
  await expect(train.root).toContainText('there are no kernels to compare');
  await expect(train.button('Measure cost')).toHaveCount(0);
  await train.step();
  const first = await train.number('Training loss');
  await train.play();
  await train.reachIteration(30);
  await expect.poll(() => train.number('Training loss')).toBeLessThan(first);
  await train.pause();
  await train.button('Reset').click();
  await expect(train.reading('Iteration')).toHaveText('0');
  await expect(train.root).not.toContainText('Kernels');
});

test('creative goes on from a seed on the reference engine', async ({ notebook }) => {
  await notebook.open('creative');
  await expect(notebook.generated).toBeVisible();
  await expect.poll(async () => (await notebook.generatedValues()).length).toBeGreaterThanOrEqual(20);
  const before = await notebook.generated.textContent();
  await notebook.seedPad.focus();
  for (let press = 0; press < 5; press++) await notebook.page.keyboard.press('ArrowUp');
  await expect(notebook.generated).not.toHaveText(before!);
});
