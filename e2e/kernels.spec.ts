import { expect, test } from './support/test.ts';
import type { Notebook } from './support/notebook.ts';

/** A network small enough to compile and train in a moment. */
async function smallNetwork(notebook: Notebook, layers: '1' | '2'): Promise<void> {
  const { train, page } = notebook;
  const choice = train.root.getByRole('group', { name: 'Layers' }).getByRole('radio', { name: layers });
  await choice.focus();
  await page.keyboard.press('Space');
  const neurons = train.root.getByRole('slider', { name: /^Neurons/ });
  await neurons.focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowRight');
  await expect(neurons).toHaveAttribute('aria-valuetext', '10');
}

test.beforeEach(async ({ notebook }) => {
  await notebook.open('predict');
});

test('kernels that are set run at once, from where training is, and the page says which', async ({
  notebook,
}) => {
  const { train } = notebook;
  await smallNetwork(notebook, '1');
  await expect(train.root).toContainText('Kernels: a dispatch a time step, by default');
  const dispatches = await train.dispatches();
  await train.play();
  await train.reachIteration(20);
  await train.root.locator('summary', { hasText: 'Kernels' }).click();
  await train.root.getByLabel('Kernels', { exact: true }).selectOption({ label: 'One for all time steps' });
  await expect(train.root).toContainText('Kernels: one dispatch for all time steps of a layer, as set');
  // Of 20 steps forward and 20 back two dispatches are left.
  await expect.poll(() => train.dispatches()).toBe(dispatches - 38);
  await expect(train.root).not.toContainText('Waiting for Reset');
  const iteration = await train.number('Iteration');
  expect(iteration).toBeGreaterThanOrEqual(20);
  await train.reachIteration(iteration + 20);
  expect(await train.number('Training loss')).toBeLessThan(1);
  await train.pause();
});

test('the first Play measures what there is to choose from, which the browser keeps', async ({
  page,
  notebook,
}) => {
  const { train } = notebook;
  const again = train.button('Measure again');
  await smallNetwork(notebook, '2');
  await train.root.locator('summary', { hasText: 'Kernels' }).click();
  await expect(train.button('Measure now')).toBeVisible();
  await train.play();
  await train.reachIteration(10);
  await expect(again).toBeVisible();
  await expect(train.root.getByRole('list', { name: 'An iteration, as measured' })).toContainText(' ms');
  // While it trains, training stands still and goes on by itself.
  await again.click();
  await expect(train.button('Pause')).toBeVisible();
  await expect(again).not.toHaveAttribute('aria-disabled', 'true');
  await train.reachIteration((await train.number('Iteration')) + 5);
  await train.pause();

  await page.reload();
  await notebook.open('predict');
  await smallNetwork(notebook, '2');
  await train.root.locator('summary', { hasText: 'Kernels' }).click();
  await expect(again).toBeVisible();
});
