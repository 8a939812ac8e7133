/** Dropout's mask: element by element from the paper's random numbers, its share of zeros, and what it depends on. */
import { describe, expect, test } from 'vitest';
import { dropoutPlace } from '../../gpu/layers/dropout.ts';
import { FAMILIES } from '../support/gpu.ts';
import { type DropoutCase, expectDropInputs } from '../support/elements/outputs.ts';
import { RandomSource } from '../support/random.ts';

const DROPOUT: DropoutCase = { rate: 0.3, perSequence: false, place: 0, seed: 42, iteration: 3 };
const SHAPE = { steps: 4, batch: 3, width: 50, firstTime: 0 };

function zeros(values: Float32Array): boolean[] {
  return Array.from(values, (value) => value === 0);
}

describe.each(FAMILIES)('%s kernels', (family) => {
  test.each(Array.from({ length: 8 }, (_, index) => index + 1))('random case %i', async (seed) => {
    const random = new RandomSource(4100 + seed);
    const dropout = {
      rate: random.pick([0.001, 0.25, 0.5, 0.999]),
      perSequence: random.pick([true, false]),
      place: dropoutPlace('input', 0, random.pick([true, false])),
      seed: random.integer(0, 2 ** 32 - 1),
      iteration: random.integer(0, 100_000),
    };
    const size = (): number => random.pick([1, 2, 5, 17]);
    const given = { steps: size(), batch: size(), width: size(), firstTime: random.pick([0, 9]), dropout };
    expect(await expectDropInputs(family, given, seed)).toHaveLength(given.steps * given.batch * given.width);
  });

  test('drops the share that it is told', async () => {
    const given = { steps: 20, batch: 20, width: 25, firstTime: 0, dropout: DROPOUT };
    const dropped = zeros(await expectDropInputs(family, given, 1)).filter(Boolean).length;
    // Binomial of 10,000 at 0.3: four standard deviations are 183.
    expect(Math.abs(dropped - 3000)).toBeLessThan(183);
  });

  test('differs by seed, iteration, place and time step', async () => {
    const masks = [DROPOUT, { ...DROPOUT, seed: 43 }, { ...DROPOUT, iteration: 4 }, { ...DROPOUT, place: 1 }];
    const dropped = await Promise.all(
      masks.map(async (dropout) => zeros(await expectDropInputs(family, { ...SHAPE, dropout }, 1)).join(' ')),
    );
    expect(new Set(dropped).size).toBe(masks.length);
    const steps = stepsOf(zeros(await expectDropInputs(family, { ...SHAPE, dropout: DROPOUT }, 1)));
    expect(new Set(steps).size).toBe(SHAPE.steps);
  });

  test('per sequence, every time step has the mask of the first', async () => {
    const given = { ...SHAPE, firstTime: 6, dropout: { ...DROPOUT, perSequence: true } };
    const steps = stepsOf(zeros(await expectDropInputs(family, given, 1)));
    expect(new Set(steps).size).toBe(1);
    const first = { ...SHAPE, steps: 1, dropout: DROPOUT };
    expect(stepsOf(zeros(await expectDropInputs(family, first, 1)))[0]).toBe(steps[0]);
  });
});

function stepsOf(dropped: readonly boolean[]): string[] {
  const length = SHAPE.batch * SHAPE.width;
  return Array.from({ length: dropped.length / length }, (_, t) =>
    dropped.slice(t * length, (t + 1) * length).join(' '),
  );
}

test('every place of a model has a number of its own', () => {
  const kinds = ['input', 'output', 'recurrent', 'recurrent-reverse'] as const;
  const places = kinds.flatMap((kind) =>
    [0, 1, 7].flatMap((layer) => [true, false].map((isEncoder) => dropoutPlace(kind, layer, isEncoder))),
  );
  expect(new Set(places).size).toBe(places.length);
  expect(dropoutPlace('recurrent-reverse', 2, true)).toBe(16 * 2 + 3 + 8192);
});
