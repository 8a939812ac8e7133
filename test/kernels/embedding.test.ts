/** Vectors of tokens, and the gradient of their table. */
import { describe, test } from 'vitest';
import { expectSameBits } from '../support/compare.ts';
import { expectLookup, expectTableGradient, type TableCase } from '../support/elements/embedding.ts';
import { FAMILIES } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

function randomCase(seed: number): TableCase {
  const random = new RandomSource(4200 + seed);
  return {
    rows: random.pick([1, 2, 31, 257, 600]),
    width: random.pick([1, 3, 32, 33, 65, 130, 300]),
    vocabulary: random.pick([1, 2, 7, 60]),
  };
}

describe.each(FAMILIES)('%s kernels', (family) => {
  test.each(Array.from({ length: 12 }, (_, index) => index + 1))('random case %i', async (seed) => {
    const given = randomCase(seed);
    await expectLookup(family, { ...given, hasBias: seed % 2 === 0 }, seed);
    await expectTableGradient(family, { ...given, accumulate: seed % 3 === 0 }, seed);
  });

  // A workgroup of a GPU looks for its rows in 8,192 at a time, and takes tokens 2,048 apart.
  test.each([
    { rows: 16_500, width: 5, vocabulary: 3, accumulate: false },
    { rows: 40, width: 2, vocabulary: 2050, accumulate: true },
  ])('$rows rows, $vocabulary tokens', async (given) => {
    await expectTableGradient(family, given, 1);
  });

  test('the same bits each time', async () => {
    const given = { rows: 900, width: 40, vocabulary: 6, accumulate: false };
    const first = await expectTableGradient(family, given, 5);
    expectSameBits(await expectTableGradient(family, given, 5), first);
  });
});

test.each(FAMILIES)('more rows than %s kernels have workgroups for', async (family) => {
  await expectLookup(family, { rows: 4200, width: 5, vocabulary: 50, hasBias: true }, 1);
});
