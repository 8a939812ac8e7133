import type { Locator, Page } from '@playwright/test';
import type { Notebook } from './support/notebook.ts';
import { expect, test } from './support/test.ts';

/** A sum of two waves, one value a line. */
function wave(length: number): number[] {
  return Array.from({ length }, (_, n) => Math.sin(n / 5) + 0.5 * Math.sin(n / 1.7));
}

async function openImport(notebook: Notebook): Promise<Locator> {
  await notebook.open('predict');
  await notebook.train.root.getByRole('button', { name: 'Your own series…' }).click();
  const dialog = notebook.page.getByRole('dialog', { name: 'Your own series' });
  await expect(dialog).toBeVisible();
  return dialog;
}

async function chooseFile(page: Page, dialog: Locator, name: string, content: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: 'Choose a file' }).click(),
  ]);
  await chooser.setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
}

/** Takes the series that was read, and waits until the experiment has it. */
async function useSeries(notebook: Notebook, dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Use this series' }).click();
  await expect(dialog).toBeHidden();
  await expect(notebook.train.reading('Iteration')).toHaveText('0');
}

test('a CSV file of the reader’s own is read, shown and learnt from', async ({ page, notebook }) => {
  const dialog = await openImport(notebook);
  const rows = wave(400).map((value, n) => `${n};${value.toFixed(4).replace('.', ',')};${n % 7}`);
  await chooseFile(page, dialog, 'tides.csv', ['hour;level;weekday', ...rows].join('\n'));
  await expect(dialog).toContainText('400 rows of 3 columns');
  await dialog.getByLabel('Column', { exact: true }).selectOption({ label: 'level, 400 numbers' });
  await useSeries(notebook, dialog);
  const { train } = notebook;
  await expect(train.root.getByLabel('Series', { exact: true })).toHaveValue(/tides\.csv/);
  await train.step();
  const first = await train.number('Training loss');
  await train.play();
  await train.reachIteration(60);
  await train.pause();
  expect(await train.number('Training loss')).toBeLessThan(first);
});

test('pasted text is read, gaps and all', async ({ notebook }) => {
  const dialog = await openImport(notebook);
  const lines = wave(300).map((value, n) => (n === 40 ? 'NA' : value.toFixed(3)));
  await dialog.getByLabel('Or paste the numbers').fill(lines.join('\n'));
  await expect(dialog).toContainText('300 rows');
  await expect(dialog).toContainText(/1 of 300 values is missing.*line 41/);
  await dialog.getByLabel('Missing values').selectOption({ label: 'Draw a straight line' });
  await expect(dialog).toContainText('a straight line takes their place');
  await useSeries(notebook, dialog);
  await notebook.train.step();
});

/** Each kind of bad input: what is pasted or chosen, and what the message must say. */
const BAD: readonly [what: string, content: string, says: RegExp][] = [
  ['an empty file', '', /empty.*needed/i],
  [
    'text where numbers should be',
    wave(200)
      .join('\n')
      .replace(/^(.*\n){50}/, '$&overcast\n'),
    /overcast.*line 51|line 51.*overcast/i,
  ],
  ['one value', '3.5\n', /1 value|one value|changes|needs at least/i],
  ['too few values for a window', wave(40).join('\n'), /40 values.*window of 20.*at least 105/i],
  ['a number beyond float32', [...wave(150), 1e308, ...wave(150)].join('\n'), /1e\+?308.*1e30/i],
  ['a column of constants', Array.from({ length: 200 }, () => '7').join('\n'), /7.*chang/i],
  [
    'mixed decimal marks',
    wave(200)
      .map((value, n) => (n % 2 === 0 ? value.toFixed(2) : value.toFixed(2).replace('.', ',')))
      .join('\n'),
    /comma|point|decimal/i,
  ],
];

for (const [what, content, says] of BAD) {
  test(`${what}: the message says what, where and what is allowed; the page works on`, async ({
    page,
    notebook,
  }) => {
    const dialog = await openImport(notebook);
    await chooseFile(page, dialog, 'mine.csv', content);
    const use = dialog.getByRole('button', { name: 'Use this series' });
    const inDialog = dialog.getByRole('alert');
    await expect(dialog.getByText('Reading …')).toBeHidden();
    if (await use.isEnabled()) {
      // Only the experiment knows the window that the series has to fill.
      await use.click();
      await expect(notebook.train.root).toContainText(says);
    } else {
      await expect(inDialog).toContainText(says);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    }
    await expect(dialog).toBeHidden();
    await notebook.train.root.getByLabel('Series', { exact: true }).selectOption('sine-mix');
    await notebook.train.button('Reset').click();
    await expect(notebook.train.reading('Iteration')).toHaveText('0');
    await notebook.train.step();
    await expect(notebook.train.reading('Training loss')).toHaveText(/^\d/);
  });
}

test('a file that is too large is refused at once', async ({ page, notebook }, testInfo) => {
  const dialog = await openImport(notebook);
  const { writeFile } = await import('node:fs/promises');
  const path = testInfo.outputPath('large.csv');
  await writeFile(path, Buffer.alloc(51 * 2 ** 20, '1.5\n'));
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: 'Choose a file' }).click(),
  ]);
  await chooser.setFiles(path);
  await expect(dialog.getByRole('alert')).toContainText(/51 MB.*50 MB/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await notebook.train.step();
});
