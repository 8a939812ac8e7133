import type { TrainingCell } from './support/notebook.ts';
import { expect, test } from './support/own-browser.ts';

/** Training may lose this many iterations to a lost device, and no more. */
const ITERATIONS_AT_RISK = 200;

/** Watches the iteration until it has passed `goal`; the lowest one seen on the way. */
async function lowestUntil(train: TrainingCell, goal: number, timeout: number): Promise<number> {
  const deadline = Date.now() + timeout;
  let lowest = Number.POSITIVE_INFINITY;
  for (;;) {
    const iteration = await train.number('Iteration');
    lowest = Math.min(lowest, iteration);
    if (iteration >= goal) return lowest;
    expect(Date.now(), `iteration ${goal} was not reached in time; it stands at ${iteration}`).toBeLessThan(
      deadline,
    );
    await train.root.page().waitForTimeout(50);
  }
}

test.describe('a graphics process that dies while training', () => {
  test('once: training goes on where it was, on a new device', async ({ notebook, crashGraphicsProcess }) => {
    await notebook.open('predict');
    const { train } = notebook;
    await train.play();
    await train.reachIteration(ITERATIONS_AT_RISK + 50);
    const before = await train.number('Iteration');
    await crashGraphicsProcess();
    const lowest = await lowestUntil(train, before + 20, 20_000);
    expect(lowest).toBeGreaterThanOrEqual(before - ITERATIONS_AT_RISK);
    await expect(train.button('Pause')).toBeVisible();
    await expect(notebook.device).not.toHaveText(/reference/i);
    expect(await train.number('Training loss')).toBeLessThan(1);
  });

  test('with nothing running: the lesson still trains', async ({ notebook, crashGraphicsProcess }) => {
    await notebook.open('predict');
    const { train } = notebook;
    await train.step();
    await train.step();
    await crashGraphicsProcess();
    await notebook.page.waitForTimeout(1000);
    expect(await train.number('Iteration')).toBe(2);
    await train.step();
    expect(await train.settledIteration()).toBe(3);
  });
});

test('a graphics process that dies while a cost is measured: the lens says so, and all goes on', async ({
  page,
  notebook,
  crashGraphicsProcess,
}) => {
  await notebook.open('predict');
  const { train } = notebook;
  await train.play();
  await train.reachIteration(20);
  await page.getByText('What an iteration costs').click();
  await train.button('Measure cost').click();
  await expect(train.button('Stop measuring')).toBeVisible();
  const before = await train.number('Iteration');
  await crashGraphicsProcess();
  await expect(train.root).toContainText(/device was lost/);
  await expect(train.button('Measure cost')).toBeVisible();
  await train.reachIteration(before + 20);
});

test.describe('a graphics process that dies twice', () => {
  // The browser then offers no adapter until the page is loaded anew.
  test.use({ engineAtEnd: 'reference' });

  test('training goes on with the reference engine, which the page says', async ({
    page,
    notebook,
    crashGraphicsProcess,
  }) => {
    test.setTimeout(150_000);
    await notebook.open('predict');
    const { train } = notebook;
    await train.play();
    await train.reachIteration(20);
    await crashGraphicsProcess();
    await lowestUntil(train, (await train.number('Iteration')) + 20, 20_000);
    const before = await train.number('Iteration');
    await crashGraphicsProcess();
    await expect(notebook.device).toHaveText(/reference/i, { timeout: 30_000 });
    const lowest = await lowestUntil(train, before + 5, 60_000);
    expect(lowest).toBeGreaterThanOrEqual(before - ITERATIONS_AT_RISK);
    await expect(page.getByRole('main')).toContainText(/reference/i);
  });
});
