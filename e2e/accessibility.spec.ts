import type { Page } from '@playwright/test';
import { violations } from './support/axe.ts';
import type { Notebook } from './support/notebook.ts';
import { expect, test } from './support/test.ts';

const SLUGS = ['predict', 'creative'];
const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [390, 1280];

/** Trains a little where that is to be had, so that plots and readings are checked with something in them. */
async function trainALittle(notebook: Notebook, slug: string): Promise<void> {
  if (slug !== 'predict') return;
  await notebook.train.play();
  await notebook.train.reachIteration(10);
  await notebook.train.pause();
}

/** What can be opened over a lesson, and how. */
const DIALOGS: readonly { name: string; open: (page: Page) => Promise<void> }[] = [
  { name: 'Keys', open: (page) => page.keyboard.press('?') },
  { name: 'Your own series', open: importSeries },
];

async function importSeries(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Your own series…' }).click();
  const values = Array.from({ length: 150 }, (_, n) => `${n},${(n * 37) % 11}`);
  await page.getByLabel('Or paste the numbers').fill(['n,level', ...values].join('\n'));
  await expect(page.getByRole('dialog')).toContainText('150 rows');
}

for (const scheme of SCHEMES) {
  for (const width of WIDTHS) {
    test.describe(`${scheme}, ${width} px`, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: 900 } });

      for (const slug of SLUGS) {
        test(`axe finds nothing in ${slug}`, async ({ page, notebook }) => {
          await notebook.open(slug);
          await trainALittle(notebook, slug);
          for (const summary of await page.locator('section summary').all()) await summary.click();
          expect(await violations(page)).toEqual([]);
        });
      }

      test('axe finds nothing in the dialogs', async ({ page, notebook }) => {
        await notebook.open('predict');
        for (const { name, open } of DIALOGS) {
          await open(page);
          await expect(page.getByRole('dialog', { name })).toBeVisible();
          expect(await violations(page)).toEqual([]);
          await page.keyboard.press('Escape');
        }
      });
    });
  }
}

for (const width of [390, 1280, 1920]) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height: 900 } });
    for (const slug of SLUGS) {
      test(`${slug} needs no scrolling sideways`, async ({ page, notebook }) => {
        await notebook.open(slug);
        await trainALittle(notebook, slug);
        const { content, window } = await page.evaluate(() => ({
          content: document.documentElement.scrollWidth,
          window: document.documentElement.clientWidth,
        }));
        expect(content).toBeLessThanOrEqual(window);
      });
    }
  });
}

test.describe('a reader who asked for less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  for (const slug of SLUGS) {
    test(`nothing in ${slug} moves by itself`, async ({ page, notebook }) => {
      await notebook.open(slug);
      await trainALittle(notebook, slug);
      const moving = await page.evaluate(() =>
        document
          .getAnimations()
          .filter((animation) => Number(animation.effect?.getComputedTiming().activeDuration) > 10)
          .map((animation) => String((animation.effect as KeyframeEffect).target?.className)),
      );
      expect(moving).toEqual([]);
      const behaviour = await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
      expect(behaviour).toBe('auto');
    });
  }
});
