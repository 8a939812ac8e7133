/** How fast `predict#train` learns, and what training costs the page. */
import { median } from './samples.mjs';

/** A training that has not passed the bar by then counts as never having passed. */
const CAP_SECONDS = 90;
const BAR = 0.1;
/** The page's readings are those over positions 6 and later. */
const LATE = { model: 'Held-out error', persistence: 'Persistence error' };

/**
 * One training for each seed, in a fresh page. `seconds` from Play to the first frame whose held-out error over
 * positions 6 and later is under a tenth of persistence's; infinite where the cap came first.
 */
export async function measureTraining({ browser, address }, seeds) {
  const seconds = [];
  const iterations = [];
  const rates = [];
  for (const seed of seeds) {
    const page = await openPredict(browser, address);
    await setSeed(page, seed);
    await page.evaluate(watchErrors, { ...LATE, bar: BAR });
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page
      .waitForFunction(() => globalThis.passed.at !== undefined, undefined, { timeout: CAP_SECONDS * 1000 })
      .catch(() => undefined);
    const result = await page.evaluate(() => globalThis.passed);
    seconds.push(result.at === undefined ? Infinity : (result.at - result.began) / 1000);
    iterations.push(result.iteration ?? Infinity);
    rates.push(median(result.rates));
    console.error(
      `  seed ${seed}: ${result.at === undefined ? 'not reached' : `${seconds.at(-1).toFixed(1)} s`}`,
    );
    await page.context().close();
  }
  return { seconds, iterations, rates };
}

async function openPredict(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${address}#/predict`);
  await page.getByRole('status', { name: 'Iteration', exact: true }).waitFor();
  return page;
}

/** Opens the settings that are seldom changed. */
async function openFurther(page) {
  await page.locator('summary', { hasText: 'seed' }).click();
}

/** Types the seed and resets, so that it is taken. */
async function setSeed(page, seed) {
  await openFurther(page);
  const field = page.getByLabel('Seed', { exact: true });
  await field.fill(String(seed));
  await field.press('Enter');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await page.waitForTimeout(1000);
}

/** In the page: notes when Play was pressed, and at which frame the error was first under the bar. */
function watchErrors({ model, persistence, bar }) {
  const passed = { rates: [] };
  // The dash that stands for no number yet becomes NaN, which passes no comparison.
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- only what is in here goes to the page
  const read = (name) => Number(document.querySelector(`output[aria-label="${name}"]`)?.textContent);
  globalThis.passed = passed;
  addEventListener('click', () => (passed.began ??= performance.now()), { capture: true });
  const look = (now) => {
    if (passed.began !== undefined && read('Iteration') > 0) {
      const rate = read('Iterations per second');
      if (rate > 0) passed.rates.push(rate);
      if (read(model) < bar * read(persistence)) {
        passed.at = now;
        passed.iteration = read('Iteration');
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/**
 * Tasks over 50 ms on the page's own thread over `seconds` of training, after a few to settle.
 * @throws Error where training ended before the time did: a page at rest has no long tasks.
 */
export async function measureLongTasks({ browser, address }, seconds) {
  const page = await openPredict(browser, address);
  // A fast machine is done with the lesson's own run in less than the time.
  await openFurther(page);
  await page.getByLabel('Run length', { exact: true }).press('End');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForTimeout(5000);
  const tasks = await page.evaluate(async (time) => {
    const found = [];
    const observer = new PerformanceObserver((list) => found.push(...list.getEntries()));
    observer.observe({ type: 'longtask' });
    await new Promise((resolve) => {
      setTimeout(resolve, time);
    });
    return found.map((entry) => entry.duration);
  }, seconds * 1000);
  const training = await page.getByRole('button', { name: 'Pause', exact: true }).isVisible();
  await page.context().close();
  if (!training) throw new Error(`Training ended before ${seconds} s had passed.`);
  return { perMinute: (tasks.length * 60) / seconds, longest: Math.max(0, ...tasks) };
}
