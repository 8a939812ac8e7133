/** Outputs of layers and their gradients: one part and two, with and without lengths, residual and dropout. */
import { describe, test } from 'vitest';
import { FAMILIES } from '../support/gpu.ts';
import { expectJoin, expectJoinGradient, type OutputCase } from '../support/elements/outputs.ts';
import { RandomSource } from '../support/random.ts';

function randomCase(seed: number): OutputCase {
  const random = new RandomSource(4000 + seed);
  const [steps, batch] = [random.pick([1, 2, 5]), random.pick([1, 3, 7])];
  const firstTime = random.pick([0, 4]);
  const dropout = {
    rate: random.pick([0.1, 0.5, 0.9]),
    perSequence: random.pick([true, false]),
    place: random.pick([1, 17, 8193]),
    seed: random.integer(0, 2 ** 32 - 1),
    iteration: random.integer(0, 5000),
  };
  return {
    steps,
    batch,
    hiddenSize: random.pick([1, 3, 16, 33]),
    parts: random.pick([1, 2]),
    firstTime,
    residual: random.pick([true, false]),
    ...(random.pick([true, false])
      ? { lengths: Uint32Array.from({ length: batch }, () => random.integer(1, firstTime + steps)) }
      : {}),
    ...(random.pick([true, false]) ? { dropout } : {}),
  };
}

describe.each(FAMILIES)('%s kernels', (family) => {
  test.each(Array.from({ length: 20 }, (_, index) => index + 1))('random case %i', async (seed) => {
    const given = randomCase(seed);
    await expectJoin(family, given, seed);
    await expectJoinGradient(family, given, seed);
  });

  test('all at once', async () => {
    const given: OutputCase = {
      steps: 4,
      batch: 5,
      hiddenSize: 9,
      parts: 2,
      firstTime: 2,
      residual: true,
      lengths: Uint32Array.of(1, 3, 6, 5, 2),
      dropout: { rate: 0.4, perSequence: false, place: 1, seed: 7, iteration: 12 },
    };
    await expectJoin(family, given, 1);
    await expectJoinGradient(family, given, 1);
  });
});

test.each(FAMILIES)('more rows than %s kernels have workgroups for', async (family) => {
  const given = { steps: 3, batch: 1400, hiddenSize: 5, parts: 1, firstTime: 0, residual: false } as const;
  await expectJoin(family, given, 1);
  await expectJoinGradient(family, given, 1);
});
