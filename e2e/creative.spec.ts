import type { Page } from '@playwright/test';
import { TrainingCell, type Notebook } from './support/notebook.ts';
import { expect, test } from './support/test.ts';

/** Text of the generated sequence once it has stood still for a while. */
async function settledSequence(notebook: Notebook): Promise<string> {
  let text = '';
  await expect
    .poll(
      async () => {
        const before = text;
        text = (await notebook.generated.textContent()) ?? '';
        return text === before && text.includes(',');
      },
      { intervals: [600] },
    )
    .toBe(true);
  return text;
}

/** Presses, moves and lets go over the pad; shares of its width and height. */
async function drag(
  page: Page,
  notebook: Notebook,
  path: readonly (readonly [number, number])[],
): Promise<void> {
  await notebook.seedPad.scrollIntoViewIfNeeded();
  const box = (await notebook.seedPad.boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(path[0]!));
  await page.mouse.down();
  for (const place of path.slice(1)) await page.mouse.move(...at(place), { steps: 6 });
  await page.mouse.up();
}

test('the lesson opens with a trained network, and a drag changes what it makes', async ({
  page,
  notebook,
}) => {
  await notebook.open('creative');
  await expect(notebook.cell('pad')).toContainText('shipped with the page');
  const before = await settledSequence(notebook);
  const values = await notebook.generatedValues();
  expect(values).toHaveLength(20);
  expect(new Set(values).size).toBeGreaterThan(10);
  await drag(page, notebook, [
    [0.1, 0.8],
    [0.5, 0.2],
    [0.9, 0.8],
  ]);
  await expect(notebook.generated).not.toHaveText(before, { timeout: 1000 });
});

test('the continuation follows while the pointer is still down', async ({ page, notebook }) => {
  await notebook.open('creative');
  await settledSequence(notebook);
  await notebook.seedPad.scrollIntoViewIfNeeded();
  const box = (await notebook.seedPad.boundingBox())!;
  const curve = notebook.generated.locator('path').first();
  const before = await curve.getAttribute('d');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.2, { steps: 4 });
  await expect(curve).not.toHaveAttribute('d', before!, { timeout: 1000 });
  await page.mouse.up();
});

test('by keyboard: Left and Right choose a point, Up and Down move it', async ({ page, notebook }) => {
  await notebook.open('creative');
  const start = await settledSequence(notebook);
  await notebook.seedPad.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await settledSequence(notebook)).toBe(start);
  await page.keyboard.press('End');
  for (let press = 0; press < 8; press++) await page.keyboard.press('ArrowUp');
  const raised = await settledSequence(notebook);
  expect(raised).not.toBe(start);
  await page.keyboard.press('ArrowLeft');
  for (let press = 0; press < 8; press++) await page.keyboard.press('ArrowDown');
  expect(await settledSequence(notebook)).not.toBe(raised);
});

test('each kind of seed gives a continuation of its own', async ({ notebook }) => {
  await notebook.open('creative');
  const kinds = notebook.cell('pad').getByRole('group', { name: 'Seed', exact: true });
  const drawn = await settledSequence(notebook);
  const seen = new Set([drawn]);
  for (const kind of ['Zeros', 'The series', 'Random']) {
    const button = kinds.getByRole('button', { name: kind, exact: true });
    await button.click();
    await expect(button).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(async () => seen.has((await notebook.generated.textContent()) ?? '')).toBe(false);
    seen.add(await settledSequence(notebook));
  }
  expect(seen.size).toBe(4);
});

test('another mode, noise and number of steps each change the continuation', async ({ page, notebook }) => {
  await notebook.open('creative');
  const pad = notebook.cell('pad');
  const carried = await settledSequence(notebook);
  await pad.getByText('Sliding window', { exact: true }).click();
  await expect(pad.getByRole('radio', { name: 'Sliding window' })).toBeChecked();
  await expect(notebook.generated).not.toHaveText(carried);
  const window = await settledSequence(notebook);
  await pad.getByLabel(/^Noise added/).focus();
  await page.keyboard.press('PageUp');
  await expect(notebook.generated).not.toHaveText(window);
  await pad.getByLabel('Steps', { exact: true }).focus();
  await page.keyboard.press('End');
  await expect(pad).toContainText('1,000 values');
});

test('trained in place: the continuation changes with the network', async ({ notebook }) => {
  await notebook.open('creative');
  const shipped = await settledSequence(notebook);
  const pad = new TrainingCell(notebook.cell('pad'));
  await pad.button('Reset').click();
  await expect(pad.reading('Iteration')).toHaveText('0');
  await expect(notebook.generated).not.toHaveText(shipped);
  const untrained = await settledSequence(notebook);
  await pad.play();
  await pad.reachIteration(20);
  await pad.pause();
  await expect(pad.root).toContainText(/[1-9]\d* dispatches an iteration/);
  expect(await settledSequence(notebook)).not.toBe(untrained);
  await pad.button('Reset').click();
  await pad.button('Bring back the shipped network').click();
  await expect.poll(() => settledSequence(notebook)).toBe(shipped);
});

test('another cell goes on too, and the shipped network can be had back', async ({ notebook }) => {
  await notebook.open('creative');
  const shipped = await settledSequence(notebook);
  const pad = new TrainingCell(notebook.cell('pad'));
  await pad.root.getByText('RNN, 100 neurons').click();
  await pad.root.getByText('GRU', { exact: true }).click();
  await expect(pad.root).toContainText('Waiting for Reset: cell');
  await pad.button('Start again').click();
  await expect(pad.root).toContainText('GRU, 100 neurons');
  await expect(notebook.generated).not.toHaveText(shipped);
  await pad.step();
  await pad.button('Reset').click();
  await pad.button('Bring back the shipped network').click();
  await expect(pad.root).toContainText('RNN, 100 neurons');
  await expect.poll(() => settledSequence(notebook)).toBe(shipped);
});

test('it can be heard, stopped, and made quieter', async ({ notebook }) => {
  await notebook.open('creative');
  await settledSequence(notebook);
  const pad = notebook.cell('pad');
  await pad.getByRole('button', { name: 'Listen', exact: true }).click();
  await expect(pad.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
  await pad.getByLabel('Volume').press('Home');
  await pad.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(pad.getByRole('button', { name: 'Listen', exact: true })).toBeVisible();
});
