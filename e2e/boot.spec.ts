import { expect, test } from './support/test.ts';

const LESSONS = [
  { slug: 'predict', title: 'Predicting a time series', cells: ['train'] },
  { slug: 'creative', title: 'The creative RNN', cells: ['pad'] },
];

// A browser that has just started is slow whatever it opens.
test.beforeAll(async ({ browser, baseURL }) => {
  const page = await browser.newPage({ baseURL: baseURL! });
  await page.goto('./');
  await expect(page.getByRole('button', { name: 'Play', exact: true }).first()).toBeVisible();
  await page.close();
});

for (const { slug, title, cells } of LESSONS) {
  test(`#/${slug} opens its lesson within three seconds in a browser that has opened the page before`, async ({
    page,
    notebook,
  }) => {
    const began = Date.now();
    await page.goto(`./#/${slug}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    for (const id of cells) await expect(notebook.cell(id)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Play', exact: true }).first()).toBeVisible();
    expect(Date.now() - began).toBeLessThan(3000);
    await expect(page).toHaveTitle(/Unroll/);
  });

  test(`the cells of #/${slug} are sections with a label and an id`, async ({ page, notebook }) => {
    await notebook.open(slug);
    const found = await page
      .locator('[data-cell]')
      .evaluateAll((elements) =>
        elements.map((element) => [
          element.tagName,
          element.getAttribute('data-cell') ?? '',
          element.getAttribute('aria-label') ?? element.getAttribute('aria-labelledby') ?? '',
        ]),
      );
    expect(found.length).toBeGreaterThan(cells.length);
    for (const [tag, id, label] of found) {
      expect(tag).toBe('SECTION');
      expect(id).not.toBe('');
      expect(label).not.toBe('');
    }
    const ids = found.map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
}

test('the rail lists the lessons that exist, and leads to each', async ({ page, notebook }) => {
  await notebook.open('predict');
  const rail = page.getByRole('navigation', { name: 'Course', exact: true });
  const links = rail.getByRole('link');
  const targets = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href')));
  const slugs = targets.map((target) => target?.replace(/^.*#\//, '')).filter(Boolean);
  expect(slugs).toEqual(LESSONS.map(({ slug }) => slug));
  await rail.locator('a[href$="#/creative"]').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The creative RNN');
  await expect(rail.locator('a[href$="#/creative"]')).toHaveAttribute('aria-current', 'page');
});

test('the bare address opens a lesson', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('an unknown route says so and leads back', async ({ page }) => {
  await page.goto('./#/no-such-lesson');
  const main = page.getByRole('main');
  await expect(main).toContainText('no-such-lesson');
  await main.getByRole('link').first().click();
  await expect(page.locator('[data-cell]').first()).toBeVisible();
});
