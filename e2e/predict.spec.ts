import { readFile } from 'node:fs/promises';
import { NOTHING_YET, type ReadingName, type TrainingCell } from './support/notebook.ts';
import { expect, test } from './support/test.ts';

const READINGS: readonly ReadingName[] = [
  'Training loss',
  'Held-out error',
  'Persistence error',
  'Iteration',
  'Iterations per second',
];
const PLAIN_NUMBER = /^(–|-?\d+(\.\d+)?)$/;

test.beforeEach(async ({ notebook }) => {
  await notebook.open('predict');
});

async function losses(train: TrainingCell, steps: number): Promise<string[]> {
  const seen: string[] = [];
  for (let step = 0; step < steps; step++) {
    await train.step();
    await expect(train.reading('Training loss')).not.toHaveText(NOTHING_YET);
    seen.push((await train.reading('Training loss').textContent()) ?? '');
  }
  return seen;
}

test('Play makes the loss fall, on training and on held-out data', async ({ notebook }) => {
  const { train } = notebook;
  await train.step();
  const firstLoss = await train.number('Training loss');
  // Measured once nothing more is asked of the opened run.
  await expect(train.reading('Held-out error')).not.toHaveText(NOTHING_YET);
  const firstError = await train.number('Held-out error');
  expect(firstLoss).toBeGreaterThan(0.1);
  await train.play();
  await train.reachIteration(150);
  await expect.poll(() => train.number('Training loss')).toBeLessThan(firstLoss / 2);
  await expect.poll(() => train.number('Held-out error')).toBeLessThan(firstError / 2);
  expect(await train.number('Iterations per second')).toBeGreaterThan(0);
  await train.pause();
});

test('Pause holds the iteration, Play goes on from there', async ({ notebook }) => {
  const { train } = notebook;
  await train.play();
  await train.reachIteration(5);
  const paused = await train.pause();
  await notebook.page.waitForTimeout(1500);
  expect(await train.number('Iteration')).toBe(paused);
  await train.play();
  await train.reachIteration(paused + 5);
});

test('Step does exactly one iteration', async ({ notebook }) => {
  const { train } = notebook;
  await expect(train.reading('Iteration')).toHaveText('0');
  for (const iteration of [1, 2, 3]) {
    await train.button('Step').click();
    await expect(train.reading('Iteration')).toHaveText(String(iteration));
    expect(await train.settledIteration()).toBe(iteration);
  }
});

test('Reset goes back to iteration 0 and no loss', async ({ notebook }) => {
  const { train } = notebook;
  await train.play();
  await train.reachIteration(10);
  await train.button('Reset').click();
  await expect(train.reading('Iteration')).toHaveText('0');
  await expect(train.reading('Training loss')).toHaveText(NOTHING_YET);
  await expect(train.button('Play')).toBeVisible();
  expect(await train.settledIteration()).toBe(0);
});

test('every reading is one plain number, before, while and after training', async ({ notebook }) => {
  const { train } = notebook;
  const expectPlain = async () => {
    for (const name of READINGS) {
      const reading = train.reading(name);
      await expect(reading).toHaveCount(1);
      await expect(reading).toHaveAttribute('aria-live', 'off');
      await expect(reading).toHaveText(PLAIN_NUMBER);
      await expect(notebook.page.getByLabel(name, { exact: true })).toHaveCount(1);
    }
  };
  await expectPlain();
  await train.play();
  await train.reachIteration(20);
  await expectPlain();
  await train.pause();
  await expectPlain();
});

test('the same seed gives the same losses and the same forecast, digit for digit', async ({ notebook }) => {
  const { train } = notebook;
  const first = await losses(train, 4);
  const firstForecast = await forecastCsv(train);
  await train.button('Reset').click();
  await expect(train.reading('Iteration')).toHaveText('0');
  expect(await losses(train, 4)).toEqual(first);
  expect(await forecastCsv(train)).toBe(firstForecast);
});

/** Clicks the cell's export button and reads the file that it gives. */
async function forecastCsv(train: TrainingCell): Promise<string> {
  const [download] = await Promise.all([
    train.root.page().waitForEvent('download'),
    train.root.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  return readFile(await download.path(), 'utf8');
}

test('forecasts are exported as CSV, a header and a number in every place that has one', async ({
  notebook,
}) => {
  const { train } = notebook;
  await train.step();
  const lines = (await forecastCsv(train)).trimEnd().split(/\r?\n/);
  const columns = lines[0]!.split(',');
  expect(columns.length).toBeGreaterThanOrEqual(4);
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines.slice(1)) {
    const fields = line.split(',');
    expect(fields).toHaveLength(columns.length);
    for (const field of fields) expect(field === '' || Number.isFinite(Number(field))).toBe(true);
  }
});

test('the learning rate changes while it trains; other settings wait for Reset', async ({
  page,
  notebook,
}) => {
  const { train } = notebook;
  await train.play();
  await train.reachIteration(5);
  await train.root.getByLabel('Learning rate').focus();
  await page.keyboard.press('ArrowLeft');
  await train.reachIteration(10);
  await expect(train.root).not.toContainText('Waiting for Reset');
  await train.root.getByLabel('Neurons').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(train.root).toContainText('Waiting for Reset: neurons');
  await expect(train.root).toContainText(/10,301 parameters/);
  await train.pause();
  await train.button('Reset').click();
  await expect(train.reading('Iteration')).toHaveText('0');
  await expect(train.root).not.toContainText('Waiting for Reset');
  // 80 neurons: 81·80 + 80 for the state, 80 + 1 for the answer.
  await expect(train.root).toContainText(/6,641 parameters/);
});

test('another cell, more layers, dropout and another optimiser are trained', async ({ page, notebook }) => {
  const { train } = notebook;
  const choose = async (group: string, choice: string) => {
    const radio = train.root
      .getByRole('group', { name: group })
      .getByRole('radio', { name: choice, exact: true });
    await radio.focus();
    await page.keyboard.press('Space');
    await expect(radio).toBeChecked();
  };
  await choose('Cell', 'LSTM');
  await choose('Layers', '2');
  // (1 + 100)·400 + 400 in the first layer, (100 + 100)·400 + 400 in the second, 100 + 1 in the readout.
  await expect(train.root).toContainText(/121,301 parameters/);
  await train.root.locator('summary', { hasText: 'dropout' }).click();
  await train.root.getByLabel('Dropout').press('ArrowRight');
  await expect(train.root.getByLabel('Dropout')).toHaveAttribute('aria-valuetext', '0.05');
  await train.root.getByLabel('Optimiser').selectOption({ label: 'RMSProp' });
  await train.step();
  const first = await train.number('Training loss');
  for (let step = 0; step < 5; step++) await train.step();
  expect(await train.number('Training loss')).toBeLessThan(first);
  await choose('Cell', 'GRU');
  await expect(train.root).toContainText('Waiting for Reset: cell');
  await train.button('Undo').click();
  await expect(train.root).not.toContainText('Waiting for Reset');
  await expect(train.root.getByRole('radio', { name: 'LSTM' })).toBeChecked();
});

test('a saved run of another cell is refused, one of another series is taken, and both are told', async ({
  page,
  notebook,
}) => {
  const { train } = notebook;
  await train.step();
  const [download] = await Promise.all([page.waitForEvent('download'), train.button('Save the run').click()]);
  const file = { name: 'one.safetensors', mimeType: '', buffer: await readFile(await download.path()) };
  const load = () => train.root.getByLabel('A saved run').setInputFiles(file);
  await train.root.getByLabel('Series', { exact: true }).selectOption('beats');
  await train.button('Start again').click();
  await expect(train.reading('Iteration')).toHaveText('0');
  await load();
  await expect(train.root).toContainText('was trained on the series “A growing mix of sines”');
  await expect(train.reading('Iteration')).toHaveText('1');
  await train.root.getByText('GRU', { exact: true }).click();
  await train.button('Start again').click();
  await expect(train.reading('Iteration')).toHaveText('0');
  await load();
  await expect(train.root).toContainText(
    /not loaded: its model is .*rnn with 100 neurons.*gru with 100 neurons/,
  );
});

test('Pause says at once that it is pausing, however long an iteration takes', async ({ notebook }) => {
  const { train } = notebook;
  await train.root.getByLabel('Neurons').press('End');
  await train.root.getByLabel('Batch').press('End');
  await expect(train.root).toContainText(/263,681 parameters/);
  await train.play();
  await train.reachIteration(1);
  await train.button('Pause').click();
  await expect(train.button('Pausing…')).toBeVisible({ timeout: 500 });
  await expect(train.button('Pausing…')).toHaveAttribute('aria-disabled', 'true');
  await expect(train.button('Play')).toBeVisible({ timeout: 60_000 });
});

test('the settings of the course notes are one choice away', async ({ notebook }) => {
  const { train } = notebook;
  await train.root.getByLabel('Preset').selectOption({ label: 'The course notes' });
  await expect(train.root.getByLabel('Batch')).toHaveAttribute('aria-valuetext', '50');
  await expect(train.root.getByLabel('Learning rate')).toHaveAttribute('aria-valuetext', '0.001');
  await train.step();
});

test('another series gives other values, and its own persistence error', async ({ notebook }) => {
  const { train } = notebook;
  await expect(train.reading('Persistence error')).not.toHaveText(NOTHING_YET);
  const before = await train.reading('Persistence error').textContent();
  const series = train.root.getByLabel('Series', { exact: true });
  const sources = await series
    .locator('option')
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  expect(sources.length).toBeGreaterThanOrEqual(3);
  await series.selectOption(sources[1]!);
  await expect(train.reading('Persistence error')).not.toHaveText(before!);
  await train.step();
});
