/** Each mutant breaks one place: a text that stands in its shader file once. `npm run mutants` sees that it is told. */
import { expect, test } from 'vitest';
import { AREAS } from '../../mutants/all.ts';
import { whyStale } from '../../support/mutation.ts';

test('no mutant is stale', () => {
  const mutants = Object.values(AREAS)
    .flat()
    .flatMap((suite) => Object.entries(suite.mutants).map(([what, mutant]) => ({ suite, what, mutant })));
  expect(mutants.length).toBeGreaterThan(0);
  const stale = mutants.flatMap(({ suite, what, mutant }) => {
    const why = whyStale(mutant);
    return why === null ? [] : [`${suite.name}, ${what}: ${why}`];
  });
  expect(stale).toEqual([]);
});
