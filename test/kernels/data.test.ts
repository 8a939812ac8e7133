/** Batches drawn from windows, examples and streams, and the states that streams are carried on with. */
import { describe, test } from 'vitest';
import {
  expectBeginStates,
  expectGatherExamples,
  expectGatherStream,
  expectGatherWindows,
  expectKeepStates,
} from '../support/elements/data.ts';
import { FAMILIES } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1);

describe.each(FAMILIES)('%s kernels', (family) => {
  test.each(SEEDS)('examples, random case %i', async (seed) => {
    const random = new RandomSource(4500 + seed);
    const size = (): number => random.pick([1, 2, 7, 40]);
    const shape = { width: size(), steps: size(), fillSteps: 0 };
    const fillSteps = shape.steps + random.pick([0, 0, 3]);
    const count = random.pick([1, 9, 1000]);
    const drawn = { seed: random.integer(0, 2 ** 32 - 1), iteration: random.integer(0, 2 ** 20) };
    await expectGatherExamples(family, { ...shape, fillSteps, count, batch: size(), draw: drawn }, seed);
    const batch = random.integer(1, Math.min(count, 40));
    await expectGatherExamples(family, { ...shape, fillSteps, count, batch, draw: 'all' }, seed);
  });

  test('lengths of examples', async () => {
    const given = { width: 1, steps: 1, fillSteps: 1, count: 100, batch: 70 };
    await expectGatherExamples(family, { ...given, draw: { seed: 3, iteration: 8 } }, 1);
  });

  test.each(SEEDS)('streams, random case %i', async (seed) => {
    const random = new RandomSource(4600 + seed);
    const size = (): number => random.pick([1, 2, 7, 30]);
    const given = { width: size(), steps: size(), batch: size(), windows: size() };
    await expectGatherStream(family, { ...given, iteration: random.integer(0, 1000) }, seed);
  });

  test.each(SEEDS)('windows, random case %i', async (seed) => {
    const random = new RandomSource(4700 + seed);
    const size = (): number => random.pick([1, 2, 7, 30]);
    const batch = size();
    const starts = Uint32Array.from({ length: batch + size() }, () => random.integer(0, 500));
    const draw = { seed: random.integer(0, 2 ** 32 - 1), iteration: random.integer(0, 10_000) };
    const given = { steps: size(), batch, features: random.pick([1, 3]), starts };
    await expectGatherWindows(family, { ...given, draw: random.pick([draw, null]) }, seed);
  });

  test.each(SEEDS)('states carried on, random case %i', async (seed) => {
    const random = new RandomSource(4800 + seed);
    const [batch, windows, slots] = [random.pick([1, 5, 9]), random.pick([1, 2, 6]), random.pick([2, 5])];
    const given = { planes: random.pick([1, 2]), slots, batch, hiddenSize: random.pick([1, 7, 64]) };
    const begins = Uint32Array.from({ length: windows * batch }, () => random.integer(0, 1));
    for (const iteration of [0, 1, windows - 1, windows, 5 * windows + 1]) {
      await expectBeginStates(family, { ...given, windows, begins, iteration }, seed);
      await expectBeginStates(family, { ...given, windows, begins: null, iteration }, seed);
      await expectKeepStates(family, { ...given, iteration, refused: iteration === 1 }, seed);
    }
  });
});
