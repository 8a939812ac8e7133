/**
 * Mutants must be told from the kernels as they are. Here one of five of each suite that is not slow, so that this takes
 * no more than a minute; `npm run mutants` judges all and lists them by name.
 */
import { describe, expect, test } from 'vitest';
import { AREAS } from '../mutants/all.ts';
import { judge, whyFails } from '../support/mutation.ts';

const SHARE = 5;

const chosen = Object.entries(AREAS).map(([area, suites]) => ({
  area,
  suites: suites.filter(({ isSlow }) => !isSlow),
}));

describe.each(chosen)('$area', ({ suites }) => {
  describe.each(suites)('$name', ({ compare, mutants }) => {
    test('unbroken, the comparison passes', async () => {
      expect(await whyFails(compare)).toBeNull();
    });

    const some = Object.entries(mutants).filter((_, index) => index % SHARE === 0);
    test.each(some)('killed: %s', async (_, mutant) => {
      expect(await judge(compare, mutant)).toEqual({ kind: 'killed' });
    });
  });
});
