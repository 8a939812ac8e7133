import type { Page } from '@playwright/test';
import type { Notebook } from './support/notebook.ts';
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
  const seen = new Set<string>();
  for (const kind of [/zeros/i, /series/i, /random/i]) {
    await notebook.cell('pad').getByRole('radio', { name: kind }).check({ force: true });
    await expect.poll(async () => seen.has(await settledSequence(notebook))).toBe(false);
    seen.add(await settledSequence(notebook));
  }
  expect(seen.size).toBe(3);
});
