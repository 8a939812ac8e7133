/**
 * Pictures of every lesson, after some training and with a seed drawn by hand, at three widths, light and dark:
 * `npm run build && npm run shots` writes them to shots/, each as it opens and whole. With `--readme` the README's picture
 * is made anew. One page per lesson is trained once and then resized.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { withBuiltPage } from './page.mjs';

const FOLDER = 'shots';
const README_PICTURE = 'predict-light-1280.png';
const HEIGHT = 1180;
const WIDTHS = [390, 1280, 1920];
const SCHEMES = ['light', 'dark'];
const ITERATIONS = 1000;
const PATIENCE = 120_000;

/** Slugs of the lessons that the rail lists. */
async function lessons(page) {
  const targets = await page
    .locator('nav a[href*="#/"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  return [...new Set(targets.map((target) => target.replace(/^.*#\//, '')))].filter(Boolean);
}

/** Trains the first experiment of the page, where there is one, until it has something to show. */
async function train(page) {
  const iteration = page.getByRole('status', { name: 'Iteration', exact: true }).first();
  // Cells are loaded after the page; a lesson without a network never gets the reading.
  const there = await iteration.waitFor({ timeout: 5000 }).then(
    () => true,
    () => false,
  );
  if (!there) return;
  const cell = page.locator('section[data-cell]').filter({ has: iteration });
  await cell.getByRole('button', { name: 'Play', exact: true }).click();
  const deadline = Date.now() + PATIENCE;
  while (Number(await iteration.textContent()) < ITERATIONS) {
    if (Date.now() > deadline) throw new Error(`${ITERATIONS} iterations took over ${PATIENCE / 1000} s.`);
    await page.waitForTimeout(200);
  }
  await cell.getByRole('button', { name: 'Pause', exact: true }).click();
}

/** Draws two waves over the seed pad, where there is one. */
async function drawSeed(page) {
  const pad = page.getByRole('group', { name: 'Seed waveform', exact: true });
  if ((await pad.count()) === 0) return;
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  const at = (share) => [
    box.x + box.width * (0.03 + 0.94 * share),
    box.y + box.height * (0.5 - 0.28 * Math.sin(4 * Math.PI * share)),
  ];
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let step = 1; step <= 60; step++) await page.mouse.move(...at(step / 60));
  await page.mouse.up();
}

await withBuiltPage(async (browser, address) => {
  mkdirSync(FOLDER, { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1280, height: HEIGHT }, locale: 'en-GB' });
  await page.goto(address);
  await page.locator('section[data-cell]').first().waitFor();
  for (const slug of await lessons(page)) {
    await page.goto(`${address}#/${slug}`);
    await page.getByRole('status', { name: 'Device', exact: true }).waitFor();
    await train(page);
    await drawSeed(page);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        await page.mouse.move(0, 0);
        await page.waitForTimeout(1000);
        const path = `${FOLDER}/${slug}-${colorScheme}-${width}`;
        await page.screenshot({ path: `${path}.png` });
        await page.screenshot({ path: `${path}-whole.png`, fullPage: true });
        console.log(`${path}.png`);
      }
    }
    await page.setViewportSize({ width: 1280, height: HEIGHT });
  }
});

if (process.argv.includes('--readme')) {
  mkdirSync('docs', { recursive: true });
  copyFileSync(`${FOLDER}/${README_PICTURE}`, `docs/${README_PICTURE}`);
}
