import type { Locator, Page } from '@playwright/test';
import type { Notebook } from './support/notebook.ts';
import { expect, test } from './support/test.ts';

const LOSS = 'Loss over the iterations';
const FORECAST = 'Forecast of a held-out window';

test.beforeEach(async ({ notebook }) => {
  await notebook.open('predict');
});

function figure(page: Page, name: string): Locator {
  return page.getByRole('figure', { name, exact: true });
}

function curves(plot: Locator): Locator {
  return plot.locator('svg.curves path');
}

/** The part of a plot where the pointer reads values off. */
function plotting(plot: Locator): Locator {
  return plot.locator('.nsewdrag');
}

async function trainTo(notebook: Notebook, iteration: number): Promise<void> {
  await notebook.train.play();
  await notebook.train.reachIteration(iteration);
  await notebook.train.pause();
}

/** Points of a curve, px from the left upper corner of the plotting area. */
async function points(curve: Locator): Promise<(readonly [number, number])[]> {
  const path = (await curve.getAttribute('d')) ?? '';
  return [...path.matchAll(/[ML]([-\d.]+),([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
}

test('the loss is drawn as its text tells it', async ({ page, notebook }) => {
  await trainTo(notebook, 60);
  const loss = figure(page, LOSS);
  await expect(loss.getByText(/^Smoothed loss over \d+ iterations: from/)).toBeAttached();
  const [raw, smoothed] = [curves(loss).nth(0), curves(loss).nth(1)];
  for (const curve of [raw, smoothed]) {
    const drawn = await points(curve);
    expect(drawn.length).toBeGreaterThan(20);
    // The loss falls, so the curve does; y grows downwards.
    expect(drawn.at(-1)![0]).toBeGreaterThan(drawn[0]![0]);
    expect(drawn.at(-1)![1]).toBeGreaterThan(drawn[0]![1] + 20);
  }
});

test('curves lie where plotly’s axes say', async ({ page, notebook }) => {
  await trainTo(notebook, 20);
  const forecast = figure(page, FORECAST);
  const top = (await forecast.locator('svg.curves').boundingBox())!.y;
  const tick = async (text: RegExp) => {
    const { y, height } = (await forecast.locator('.ytick text', { hasText: text }).boundingBox())!;
    return y + height / 2 - top;
  };
  const [zero, five] = [await tick(/^0$/), await tick(/^5$/)];
  const words = (await forecast.getByText(/^Held-out window/).textContent()) ?? '';
  const truth = Number(/the series is at (\S+) and/.exec(words)![1]);
  const drawn = await points(forecast.locator('svg.curves .dashed'));
  const expected = zero + (truth / 5) * (five - zero);
  expect(Math.abs(drawn[20]![1] - expected)).toBeLessThan(2);
});

test('the pointer reads values off a plot, while it trains and after', async ({ page, notebook }) => {
  const { train } = notebook;
  await train.play();
  await train.reachIteration(20);
  for (const plot of [figure(page, LOSS), figure(page, FORECAST)]) {
    await plotting(plot).hover({ position: { x: 60, y: 60 } });
    await expect(plot.locator('.hoverlayer')).toContainText(/(iteration|forecast) /);
  }
  await train.pause();
  await train.settledForecast();
  const forecast = figure(page, FORECAST);
  await plotting(forecast).hover({ position: { x: 100, y: 60 } });
  await expect(forecast.locator('.hoverlayer')).toContainText(/truth -?−?[\d.]+/);
  await page.mouse.move(0, 0);
  await expect(forecast.locator('.hoverlayer')).toHaveText('');
});

test('another theme and another width draw every plot anew', async ({ page, notebook }) => {
  await trainTo(notebook, 20);
  const forecast = figure(page, FORECAST);
  const truth = forecast.locator('svg.curves .dashed');
  const before = { color: await truth.getAttribute('stroke'), points: await points(truth) };

  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(truth).not.toHaveAttribute('stroke', before.color!);

  await page.setViewportSize({ width: 390, height: 900 });
  for (const name of [LOSS, FORECAST, 'The series']) {
    const plot = figure(page, name);
    await expect
      .poll(async () => {
        const [area, frame] = [plot.locator('.plot-area'), plot.locator('.main-svg').first()];
        return (await area.boundingBox())!.width - (await frame.boundingBox())!.width;
      })
      .toBe(0);
    const inside = (await plot.locator('svg.curves').boundingBox())!;
    const outside = (await plot.locator('.plot-area').boundingBox())!;
    expect(inside.x).toBeGreaterThan(outside.x);
    expect(inside.x + inside.width).toBeLessThan(outside.x + outside.width);
  }
  expect((await points(truth)).at(-1)![0]).not.toBe(before.points.at(-1)![0]);
});

test('while it trains plotly draws a plot only where its axes move', async ({ page, notebook }) => {
  const { train } = notebook;
  await train.play();
  await train.reachIteration(60);
  const changes = await page.evaluate(async () => {
    const counts = { plotly: 0, curves: 0 };
    const count = (of: keyof typeof counts, selector: string) => {
      const observer = new MutationObserver(() => counts[of]++);
      for (const element of document.querySelectorAll(selector)) {
        observer.observe(element, { subtree: true, childList: true, attributes: true });
      }
    };
    count('plotly', '.js-plotly-plot');
    count('curves', 'svg.curves');
    const deadline = performance.now() + 30_000;
    while (counts.curves < 20 && performance.now() < deadline) {
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    return counts;
  });
  await train.pause();
  expect(changes.curves).toBeGreaterThanOrEqual(20);
  expect(changes.plotly).toBeLessThan(changes.curves / 2);
});
