import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** Everything that axe finds, one line each. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, since the page's policy admits no script of others.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run(document));
  return violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? violation.help}`,
    ),
  );
}
