import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/test.ts';

/** The current cell is marked as such, and has the focus once the reader has stepped. */
function current(page: Page) {
  return page.locator('section[data-cell][aria-current="step"]');
}

function focusIn(place: Locator): Promise<boolean> {
  return place.evaluate((element) => element.contains(document.activeElement));
}

test('J and K, and the arrow buttons, step through the cells', async ({ page, notebook }) => {
  await notebook.open('predict');
  await expect(current(page)).toHaveAttribute('data-cell', 'train');
  await page.keyboard.press('k');
  await expect(current(page)).not.toHaveAttribute('data-cell', 'train');
  await expect(current(page)).toBeFocused();
  await page.keyboard.press('j');
  await expect(current(page)).toHaveAttribute('data-cell', 'train');
  await expect(current(page)).toBeFocused();
  await page.getByRole('button', { name: 'Previous cell' }).click();
  await expect(current(page)).not.toHaveAttribute('data-cell', 'train');
  await page.getByRole('button', { name: 'Next cell' }).click();
  await expect(current(page)).toHaveAttribute('data-cell', 'train');
});

test('Space plays and pauses, S does one iteration, R resets', async ({ page, notebook }) => {
  await notebook.open('predict');
  const { train } = notebook;
  await page.keyboard.press('k');
  await page.keyboard.press('j');
  await page.keyboard.press('s');
  await expect(train.reading('Iteration')).toHaveText('1');
  await page.keyboard.press('Space');
  await expect(train.button('Pause')).toBeVisible();
  await train.reachIteration(5);
  await page.keyboard.press('Space');
  await expect(train.button('Play')).toBeVisible();
  const paused = await train.settledIteration();
  await page.keyboard.press('s');
  await expect(train.reading('Iteration')).toHaveText(String(paused + 1));
  await page.keyboard.press('r');
  await expect(train.reading('Iteration')).toHaveText('0');
});

test('Shift+Enter runs the cell and goes to the next', async ({ page, notebook }) => {
  await notebook.open('predict');
  const { train } = notebook;
  await page.keyboard.press('k');
  await page.keyboard.press('Shift+Enter');
  await expect(current(page)).toHaveAttribute('data-cell', 'train');
  await page.keyboard.press('Shift+Enter');
  await expect(train.button('Pause')).toBeVisible();
  await train.reachIteration(2);
  await train.pause();
});

test('? lists the keys, and Escape gives the focus back', async ({ page, notebook }) => {
  await notebook.open('predict');
  await page.keyboard.press('j');
  const focused = current(page);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await expect(dialog).toBeVisible();
  for (const key of ['J', 'K', 'Space', 'S', 'R', '?', 'Shift', 'Enter']) {
    await expect(
      dialog.locator('kbd').filter({ hasText: new RegExp(`^${key.replace('?', '\\?')}$`) }),
    ).not.toHaveCount(0);
  }
  await page.keyboard.press('s');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(focused).toBeFocused();
  await expect(notebook.train.reading('Iteration')).toHaveText('0');
});

test('letters do nothing in a field or on a control', async ({ page, notebook }) => {
  await notebook.open('predict');
  const { train } = notebook;
  await train.root.locator('summary', { hasText: 'seed' }).click();
  const seed = train.root.getByLabel('Seed', { exact: true });
  await seed.click();
  await page.keyboard.type('s r j?');
  await expect(seed).toHaveValue(/s r j\?/);
  await page.keyboard.press('Escape');
  await train.button('Reset').focus();
  await page.keyboard.press('s');
  await train.root.getByLabel('Neurons').focus();
  await page.keyboard.press('s');
  await page.waitForTimeout(500);
  await expect(train.reading('Iteration')).toHaveText('0');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('letters can be switched off, for good', async ({ page, notebook }) => {
  await notebook.open('predict');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await dialog.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.reload();
  await expect(notebook.train.button('Play')).toBeEnabled();
  await page.keyboard.press('s');
  await page.keyboard.press('?');
  await page.waitForTimeout(500);
  await expect(dialog).toBeHidden();
  await expect(notebook.train.reading('Iteration')).toHaveText('0');
});

test('the seed pad is one tab stop, and Tab leaves it', async ({ page, notebook }) => {
  await notebook.open('creative');
  await expect(notebook.seedPad).toBeVisible();
  const pad = notebook.cell('pad');
  await page.keyboard.press('k');
  await page.keyboard.press('j');
  await expect(pad).toBeFocused();
  let stops = 0;
  do {
    await page.keyboard.press('Tab');
    if (await focusIn(notebook.seedPad)) stops++;
  } while (await focusIn(pad));
  expect(stops).toBe(1);
});

test('both lessons can be walked through by keyboard alone', async ({ page, notebook }) => {
  await notebook.open('predict');
  await page.keyboard.press('k');
  for (let press = 0; press < 30; press++) await page.keyboard.press('k');
  const seen: (string | null)[] = [];
  const cells = await page.locator('section[data-cell]').count();
  for (let cell = 0; cell < cells; cell++) {
    seen.push(await current(page).getAttribute('data-cell'));
    await page.keyboard.press('Shift+Enter');
  }
  expect(new Set(seen).size).toBe(cells);
  await notebook.train.reachIteration(1);
  const next = page.getByRole('navigation', { name: 'Other lessons' }).getByRole('link').last();
  await next.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The creative RNN');
  await expect(notebook.seedPad).toBeVisible();
});
