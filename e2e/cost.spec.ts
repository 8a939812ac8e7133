/** The cost lens of an experiment: what is known, what is measured, and that training waits and goes on. */
import type { Locator } from '@playwright/test';
import { violations } from './support/axe.ts';
import { type TrainingCell, NOTHING_YET } from './support/notebook.ts';
import { expect, test } from './support/test.ts';

const MEASURED = 60_000;

test.beforeEach(async ({ notebook }) => {
  await notebook.open('predict');
  await expect.poll(() => notebook.train.dispatches()).toBeGreaterThan(0);
});

/** Opens the lens by the keyboard. */
async function openLens(train: TrainingCell): Promise<Locator> {
  const summary = train.root.getByText('What an iteration costs');
  await summary.focus();
  await train.root.page().keyboard.press('Enter');
  await expect(train.button('Measure cost')).toBeVisible();
  return train.root.getByRole('table', { name: 'An iteration, by the kernels of its time steps' });
}

async function measure(train: TrainingCell): Promise<void> {
  await train.button('Measure cost').click();
  await expect(train.root.getByText('Measured.')).toBeVisible({ timeout: MEASURED });
}

/** The cells of a table by the names of its lines, a number for each column; NaN for the dash. */
async function lines(table: Locator): Promise<Record<string, number[]>> {
  const rows = await table
    .getByRole('row')
    .filter({ has: table.page().getByRole('rowheader') })
    .all();
  const read = rows.map(async (row): Promise<[string, number[]]> => {
    const cells = await row.getByRole('cell').allTextContents();
    const numbers = cells.map((text) =>
      text === NOTHING_YET ? NaN : Number(text.replaceAll(',', '').replaceAll('−', '-')),
    );
    return [(await row.getByRole('rowheader').textContent()) ?? '', numbers];
  });
  return Object.fromEntries(await Promise.all(read));
}

test('shows what is known before it measures, and plausible times after', async ({ notebook }) => {
  const { train } = notebook;
  const table = await openLens(train);
  const columns = (await table.getByRole('columnheader').allTextContents()).slice(1);
  expect(columns).toContain('Steps');
  expect(columns).toContain('Sequence');
  const planned = await lines(table);
  expect(planned['Dispatches']).toContain(await train.dispatches());
  expect(planned['Operations, MFLOP']!.every((value) => value > 0)).toBe(true);
  expect(planned['An iteration, µs']!.every(Number.isNaN)).toBe(true);

  await measure(train);
  const measured = await lines(table);
  expect(measured).toMatchObject({
    Dispatches: planned['Dispatches'],
    'Operations, MFLOP': planned['Operations, MFLOP'],
  });
  const window = Number(await train.root.getByLabel('Window, steps').getAttribute('aria-valuetext'));
  columns.forEach((_, column) => {
    const at = (name: string): number => measured[name]![column]!;
    expect(at('An iteration, µs')).toBeGreaterThan(0);
    expect(Math.abs((at('A time step, µs') * window) / at('An iteration, µs') - 1)).toBeLessThan(0.02);
    expect(at('Submissions')).toBeGreaterThan(0);
    expect(at('Overhead, %')).toBeLessThan(100);
    const speed = (1000 * at('Operations, MFLOP')) / at('An iteration, µs');
    expect(Math.abs(at('Speed, GFLOP/s') / speed - 1)).toBeLessThan(0.02);
    expect(at('Of the ceiling, %')).toBeGreaterThan(0);
  });
  // The same numbers but for rounding: that of sums in another order, and of parameters and h to 11 bits.
  const differences = measured['A forecast differs by, deviations']!;
  expect(differences[columns.indexOf('Steps')]).toBe(0);
  expect(differences[columns.indexOf('Sequence')]).toBeLessThan(1e-5);
  expect(differences[columns.indexOf('16 bits')]).toBeGreaterThan(1e-5);
  expect(differences[columns.indexOf('16 bits')]).toBeLessThan(0.02);
  const parts = await lines(train.root.getByRole('table', { name: 'The device’s time in an iteration' }));
  expect(Object.keys(parts)).toContain('Steps backward, µs');
  expect(Object.keys(parts).every((name) => name.endsWith(', µs'))).toBe(true);
  expect(
    Object.values(parts)
      .flat()
      .every((value) => value >= 0),
  ).toBe(true);
  const figure = train.root.getByRole('figure', { name: 'Where the device’s time goes' });
  await expect(figure).toContainText(/\d+ % of the device’s time goes to/);

  // Another model costs something else, of which nothing is measured yet.
  await train.root.getByLabel('Neurons').focus();
  await notebook.page.keyboard.press('ArrowLeft');
  await expect
    .poll(async () => (await lines(table))['Operations, MFLOP'])
    .not.toEqual(planned['Operations, MFLOP']);
  expect((await lines(table))['An iteration, µs']!.every(Number.isNaN)).toBe(true);
});

test('training waits while it measures, and goes on; Stop ends it at once', async ({ notebook }) => {
  const { train } = notebook;
  await openLens(train);
  await train.play();
  await train.reachIteration(10);
  await train.button('Measure cost').click();
  await expect(train.root).toContainText('Training waits');
  const waiting = await train.settledIteration();
  await expect(train.button('Pause')).toBeVisible();
  await train.button('Stop measuring').click();
  await expect(train.button('Measure cost')).toBeVisible({ timeout: 1000 });
  await train.reachIteration(waiting + 10);
  await train.pause();
});

test.describe('390 px', () => {
  test.use({ viewport: { width: 390, height: 900 } });

  test('measured, axe finds nothing in light and dark, and nothing needs scrolling sideways', async ({
    page,
    notebook,
  }) => {
    await openLens(notebook.train);
    await measure(notebook.train);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    const { content, window } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }));
    expect(content).toBeLessThanOrEqual(window);
  });
});
